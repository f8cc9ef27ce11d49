using System.Globalization;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Time.Testing;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Hubs;
using RealtimeApi.Tests.Unit.Data.Specifications;
using Xunit;

namespace RealtimeApi.Tests.Unit.Hubs.Presence;

/// <summary>Some nodes, the wire between them, and what is true of who is there; all that happens is chosen beforehand, so that it can be repeated.</summary>
internal sealed class TalkingTown(Tape tape) : IDisposable
{
    private const int MaxNodes = 3;
    private const int Items = 2;
    private const int Logs = 2;
    private const int PeersOfANode = 6;

    /// <summary>So few in a message that what is told of a node mostly takes several.</summary>
    private const int MaxEntries = 2;

    private readonly FakeTimeProvider clock = new();
    private readonly List<Node> nodes = [];
    private readonly string log = "log0";
    private int names;
    private int losses;

    /// <summary>How many nodes there are.</summary>
    public int Count => nodes.Count;

    /// <summary>How many messages nodes have sent.</summary>
    public int Said { get; private set; }

    /// <summary>Whatever is chosen happens, until the choices run out.</summary>
    /// <param name="lossless">Whether everything is heard in the end, and no node goes but by its own will.</param>
    public void Live(bool lossless)
    {
        // How many of the messages, on one wire none and on another most.
        losses = lossless ? 0 : tape.Next(4) * 3;
        Start();
        Start();
        for (var step = 0; step < 80; step++)
        {
            switch (tape.Next(lossless ? 6 : 12))
            {
                case 0:
                    Pick().Join(tape);
                    break;
                case 1:
                    Pick().Leave(tape);
                    break;
                case 2 or 3:
                    Speak(Pick(), lossless);
                    break;
                case 4:
                    Pick().Hear(1 + tape.Next(4));
                    break;
                case 5 when lossless:
                    // Everything arrives within a heartbeat.
                    Beat();
                    break;
                case 5 or 6:
                    clock.Advance(PresentNode.Heartbeat);
                    foreach (var node in nodes.Where(_ => !tape.Chance(4)))
                        node.Talk.Beat();
                    break;
                case 7:
                    Pick().IsMute = tape.Chance(2);
                    break;
                case 8:
                    Pick().IsDeaf = tape.Chance(2);
                    break;
                case 9:
                    Start();
                    break;
                case 10:
                    End(Pick(), says: tape.Chance(2));
                    break;
                case 11:
                    // Each node finds out for itself, and most are back on the first in the end.
                    Pick().TurnTo(string.Create(CultureInfo.InvariantCulture, $"log{tape.Next(Logs)}"));
                    break;
            }
        }
    }

    /// <summary>From now on everything is heard at once, and all nodes are on the same log.</summary>
    public void MakeWhole()
    {
        foreach (var node in nodes)
        {
            (node.IsMute, node.IsDeaf) = (false, false);
            node.TurnTo(log);
        }
    }

    /// <summary>Each node says that it is there, and all is said and heard that follows from it.</summary>
    public void Beat()
    {
        clock.Advance(PresentNode.Heartbeat);
        foreach (var node in nodes)
            node.Talk.Beat();
        var most = Said + 1000;
        bool goesOn;
        do
        {
            goesOn = false;
            foreach (var node in nodes)
                goesOn |= Speak(node, lossless: true);
            foreach (var node in nodes)
                goesOn |= node.Hear(int.MaxValue);
            Assert.True(Said < most, "They do not stop talking.");
        }
        while (goesOn);
    }

    public void AssertAllIsKnown()
    {
        for (var item = 0; item < Items; item++)
        {
            var there = nodes.SelectMany(node => node.Here(log, item)).Order(StringComparer.Ordinal).ToList();
            foreach (var node in nodes)
            {
                Assert.Equal(there, node.Told(log, item).Order(StringComparer.Ordinal));
                Assert.Equal(there, node.Present(log, item).Order(StringComparer.Ordinal));
            }
        }
    }

    /// <summary>Nobody is told to have left, or come, more often than they did.</summary>
    public void AssertNothingWasMadeUp() => Assert.All(nodes, node => Assert.All(node.ToldCounts, told => Assert.True(told.Value <= nodes.Max(there => there.Done(told.Key)), $"{told}")));

    public void Dispose() => nodes.ForEach(static node => node.Dispose());

    private Node Pick() => tape.Pick(nodes);

    private void Start()
    {
        if (nodes.Count == MaxNodes)
            return;
        var node = new Node(string.Create(CultureInfo.InvariantCulture, $"n{names++}"), clock);
        node.TurnTo(log);
        nodes.Add(node);
    }

    private void End(Node node, bool says)
    {
        if (nodes.Count == 1)
            return;
        if (says)
            Send(node, new() { Node = node.Name, Kind = PresenceMessageKind.End }, lossless: false);
        nodes.Remove(node);
        node.Dispose();
    }

    private bool Speak(Node node, bool lossless)
    {
        var due = node.Talk.TakeDue();
        due.ForEach(message => Send(node, message, lossless));
        return due.Count > 0;
    }

    private void Send(Node from, PresenceMessage message, bool lossless)
    {
        Said++;
        if (from.IsMute)
            return;
        var written = message.ToString();
        foreach (var to in nodes)
        {
            if (to.Log != from.Log || to.IsDeaf || (to == from && message.Kind != PresenceMessageKind.Beat))
                continue;
            if (!lossless && tape.Next(12) < losses)
                continue;
            to.Inbox.Enqueue((from.Log, written));
            if (!lossless && tape.Next(12) < losses)
                to.Inbox.Enqueue((from.Log, written));
        }
    }

    /// <summary>A node, and a client of it for each item of each log that is told who else watches it.</summary>
    private sealed class Node : IDisposable
    {
        private readonly PresenceBoard board = new();
        private readonly Dictionary<RoomAddress, List<string>> here = [];
        private readonly Dictionary<RoomAddress, (PresenceWatcher Watcher, HashSet<string> Told)> clients = [];
        private readonly Dictionary<(RoomAddress At, string Peer, string What), int> done = [];
        private readonly Dictionary<(RoomAddress At, string Peer, string What), int> told = [];
        private readonly StuckConnection connection = new();
        private readonly Participant client;

        public Node(string name, FakeTimeProvider clock)
        {
            Name = name;
            Talk = new(board, name, PresentNode.Heartbeat, clock, MaxEntries);
            client = new(connection.Hub, new());
            // Its outbox writes this for ever, so that what is told next is taken by this test alone.
            client.Outbox.Post(new(new InvocationMessage("Message", [])));
            for (var number = 0; number < Logs; number++)
            {
                for (var item = 0; item < Items; item++)
                {
                    var at = At(string.Create(CultureInfo.InvariantCulture, $"log{number}"), item);
                    var watcher = new PresenceWatcher(board, client, at, at.Key!);
                    board.Ask(watcher);
                    clients.Add(at, (watcher, []));
                    here.Add(at, []);
                }
            }
        }

        public string Name { get; }

        public PresenceTalk Talk { get; }

        public Queue<(string Log, string Text)> Inbox { get; } = new();

        public string Log { get; private set; } = "";

        /// <summary>Whether nothing that it says is heard.</summary>
        public bool IsMute { get; set; }

        /// <summary>Whether it hears nothing.</summary>
        public bool IsDeaf { get; set; }

        /// <summary>How often its clients were told that a peer had <c>Joined</c> or <c>Left</c>.</summary>
        public IReadOnlyDictionary<(RoomAddress At, string Peer, string What), int> ToldCounts => told;

        /// <summary>How often a peer of this node really has.</summary>
        public int Done((RoomAddress At, string Peer, string What) what) => done.GetValueOrDefault(what);

        public void TurnTo(string log)
        {
            if (Log == log)
                return;
            Log = log;
            Talk.TurnTo(log);
        }

        /// <summary>Somebody comes who is not there, to an item of the log that the node is on.</summary>
        public void Join(Tape tape)
        {
            var at = At(Log, tape.Next(Items));
            var peer = string.Create(CultureInfo.InvariantCulture, $"{Name}p{tape.Next(PeersOfANode)}");
            if (!here[at].Contains(peer))
                Change(at, peer, joined: true);
        }

        /// <summary>Somebody leaves, of whichever log.</summary>
        public void Leave(Tape tape)
        {
            var (at, peers) = tape.Pick(here.ToList());
            if (peers.Count > 0)
                Change(at, tape.Pick(peers), joined: false);
        }

        public bool Hear(int most)
        {
            var heard = Inbox.Count > 0;
            for (; most > 0 && Inbox.TryDequeue(out var next); most--)
                Talk.Hear(next.Log, PresenceMessage.Parse(next.Text)!);
            TakeTold();
            return heard;
        }

        public List<string> Here(string log, int item) => here[At(log, item)];

        public HashSet<string> Told(string log, int item) => clients[At(log, item)].Told;

        public IEnumerable<string> Present(string log, int item) => board.Ask(clients[At(log, item)].Watcher).Others.Select(static peer => peer.Id);

        public void Dispose() => client.Dispose();

        private void Change(RoomAddress at, string peer, bool joined)
        {
            if (joined)
                here[at].Add(peer);
            else
                here[at].Remove(peer);
            Talk.Change(new(at, new Peer { Id = peer }), joined);
            Note(done, at, peer, joined ? "Joined" : "Left");
            TakeTold();
        }

        private void TakeTold()
        {
            foreach (var (at, (watcher, known)) in clients)
            {
                while (watcher.TakeNext() is { Message: InvocationMessage message })
                {
                    foreach (var peer in (Peer[])message.Arguments[2]!)
                    {
                        if (message.Target == "Joined" ? !known.Add(peer.Id) : !known.Remove(peer.Id))
                            Assert.Fail($"{Name} tells that {peer.Id} has {message.Target}, as it had before.");
                        Note(told, at, peer.Id, message.Target);
                    }
                }
            }
        }

        private static void Note(Dictionary<(RoomAddress, string, string), int> counts, RoomAddress at, string peer, string what) =>
            counts[(at, peer, what)] = counts.GetValueOrDefault((at, peer, what)) + 1;

        private static RoomAddress At(string log, int item) => new(log, "boards", string.Create(CultureInfo.InvariantCulture, $"#{item}"));
    }
}
