global using RealtimeApi.Tests.TestSupport;
global using Xunit;
global using static Microsoft.Playwright.Assertions;

[assembly: AssemblyFixture(typeof(RealtimeApi.Tests.Browser.Browsers))]
