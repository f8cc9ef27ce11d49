using RealtimeApi.Samples.Collaboration;
using RealtimeApi.Server.DependencyInjection;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Configuration["Urls"] ??= "http://localhost:5085";
var database = builder.Configuration["RealtimeApi:Database:ConnectionString"] ?? "Data Source=board.db";
BoardDatabase.Create(database);

builder.Services
    .AddRealtimeApi(options => options.Database.ConnectionString = database)
    .AddResource("boards", board => board.Table("Boards").Watchable().WithMessages().WithPresence())
    .AddResource("cards", card => card.Table("Cards").Watchable().Writable());

var app = builder.Build();
if (!app.Environment.WebRootFileProvider.GetFileInfo("signalr.js").Exists)
{
    Console.Error.WriteLine("The SignalR client is not installed: run \"npm --prefix Samples/Collaboration install\" and build again.");
    return 1;
}

app.UseDefaultFiles();
app.UseStaticFiles();
app.MapRealtimeApi();
app.MapRealtimeApiHealth();
app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine($"The board is at {app.Urls.First()}"));
await app.RunAsync();
return 0;
