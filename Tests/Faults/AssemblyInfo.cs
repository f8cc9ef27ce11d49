using Xunit.Sdk;
using Xunit.v3;

// Each run starts servers, writers and clients of its own. They mostly wait, so two go beside each other on two cores; more would be late for what they mean to see.
[assembly: Parallelization(Mode = ParallelMode.Collections, MaxThreads = 2)]
