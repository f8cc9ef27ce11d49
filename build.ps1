# The steps of .ci/run on a developer's machine: restore, build, test. Tests that need something this machine lacks skip themselves, and say what.
$ErrorActionPreference = 'Stop'
Set-Location $PSScriptRoot
if (Get-Command npm -ErrorAction SilentlyContinue) { npm ci --prefix Samples/BrowserSignalR; npm ci --prefix Samples/Collaboration; npm ci --prefix Tests/Integration/Node; npm ci --prefix Tests/Documents }
# Where there is no redis-server (Windows), its tests take Garnet.
if (-not (Get-Command redis-server -ErrorAction SilentlyContinue)) { dotnet tool restore }
dotnet restore RealtimeApi.sln --locked-mode
if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
dotnet build RealtimeApi.sln --no-restore
if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
dotnet test --solution RealtimeApi.sln --no-build
exit $LASTEXITCODE
