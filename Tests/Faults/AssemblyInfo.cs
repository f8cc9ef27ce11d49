using Xunit.Sdk;
using Xunit.v3;

// Each run starts several servers, writers and clients of its own, and wants the machine for itself.
[assembly: Parallelization(Mode = ParallelMode.None)]
