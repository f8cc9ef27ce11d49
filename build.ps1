# The steps of .ci/run on a developer's machine: restore, build, test. Tests that need something this machine lacks skip themselves, and say what.
$ErrorActionPreference = 'Stop'

# A program that fails does not stop PowerShell by itself.
function Step([scriptblock] $command) {
    & $command
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
}

Push-Location $PSScriptRoot
try {
    if (Get-Command npm -ErrorAction SilentlyContinue) {
        Step { npm ci --prefix Samples/BrowserSignalR }
        Step { npm ci --prefix Samples/Collaboration }
        Step { npm ci --prefix Tests/Integration/Node }
        Step { npm ci --prefix Tests/Documents }
    }
    # Where there is no redis-server (Windows), its tests take Garnet.
    if (-not (Get-Command redis-server -ErrorAction SilentlyContinue)) { Step { dotnet tool restore } }
    Step { dotnet restore RealtimeApi.sln --locked-mode }
    Step { dotnet build RealtimeApi.sln --no-restore }
    # One assembly after another: beside the faults, which take all of a small machine, a browser would wait longer than its tests do.
    Step { dotnet test --solution RealtimeApi.sln --no-build --max-parallel-test-modules 1 }
}
finally {
    Pop-Location
}
