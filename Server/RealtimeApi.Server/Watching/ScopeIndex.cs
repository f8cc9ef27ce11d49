using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Watching;

/// <summary>Finds the scopes that a change may concern: items and equality filters by hash, so that a change costs what it matches and not what there is.</summary>
/// <remarks>Guarded by the engine's lock. Scopes of one value are chained through the scopes themselves: most values have one.</remarks>
internal sealed class ScopeIndex
{
    private readonly Dictionary<ResourceDefinition, ResourceScopes> resources = new(ReferenceEqualityComparer.Instance);

    public void Add_NeedsLock(Scope scope)
    {
        if (!resources.TryGetValue(scope.View.Resource, out var found))
            resources[scope.View.Resource] = found = new();
        found.Add(scope);
    }

    public void Remove_NeedsLock(Scope scope)
    {
        if (resources.TryGetValue(scope.View.Resource, out var found) && found.Remove(scope))
            resources.Remove(scope.View.Resource);
    }

    /// <summary>
    /// What the scopes cost that are judged together with a view: those of its key or its value where it is found by hash, else all of its resource that are not.
    /// </summary>
    public int CostBeside_NeedsLock(WatchView view) => resources.TryGetValue(view.Resource, out var found) ? found.CostBeside(view) : 0;

    /// <summary>Adds the scopes that a change may concern, each once.</summary>
    public void Find_NeedsLock(Change change, List<Scope> found)
    {
        if (resources.TryGetValue(change.Resource, out var scopes))
            scopes.Find(change, found);
    }

    private sealed class ResourceScopes
    {
        private readonly Dictionary<string, Scope> byKey = new(StringComparer.Ordinal);
        private readonly List<ColumnScopes> byColumn = [];
        private readonly List<Scope> others = [];
        private int othersCost;

        public void Add(Scope scope)
        {
            if (scope.View.Key is { } key)
                Link(byKey, key.Identity, scope);
            else if (scope.View.Filter?.Equality is { } equality)
                Link(ColumnOf(equality.Column).ByValue, equality.Identity, scope);
            else
            {
                others.Add(scope);
                othersCost += scope.View.Cost;
            }
        }

        public int CostBeside(WatchView view)
        {
            if (view.Key is { } key)
                return CostOf(byKey, key.Identity);
            if (view.Filter?.Equality is { } equality)
                return byColumn.Find(known => ReferenceEquals(known.Column, equality.Column)) is { } column ? CostOf(column.ByValue, equality.Identity) : 0;
            return othersCost;
        }

        /// <returns>Whether nothing is left.</returns>
        public bool Remove(Scope scope)
        {
            if (scope.View.Key is { } key)
            {
                Unlink(byKey, key.Identity, scope);
            }
            else if (scope.View.Filter?.Equality is { } equality)
            {
                var column = ColumnOf(equality.Column);
                Unlink(column.ByValue, equality.Identity, scope);
                if (column.ByValue.Count == 0)
                    byColumn.Remove(column);
            }
            else
            {
                others.Remove(scope);
                othersCost -= scope.View.Cost;
            }

            return byKey.Count == 0 && byColumn.Count == 0 && others.Count == 0;
        }

        public void Find(Change change, List<Scope> found)
        {
            found.AddRange(others);
            if (byKey.Count > 0)
                FindBoth(byKey, change.Before?.Key.Identity, change.After?.Key.Identity, found);
            foreach (var column in byColumn)
                FindBoth(column.ByValue, IdentityOf(column.Column, change.Before), IdentityOf(column.Column, change.After), found);
        }

        private ColumnScopes ColumnOf(ColumnDefinition column)
        {
            foreach (var known in byColumn)
                if (ReferenceEquals(known.Column, column))
                    return known;
            var made = new ColumnScopes(column);
            byColumn.Add(made);
            return made;
        }

        private static string? IdentityOf(ColumnDefinition column, Item? item) => item is null ? null : FieldIdentity.Of(column, item.Values[column.Ordinal]);

        private static void FindBoth(Dictionary<string, Scope> scopes, string? before, string? after, List<Scope> found)
        {
            if (before is not null)
                FindOne(scopes, before, found);
            if (after is not null && after != before)
                FindOne(scopes, after, found);
        }

        private static void FindOne(Dictionary<string, Scope> scopes, string identity, List<Scope> found)
        {
            for (var scope = scopes.GetValueOrDefault(identity); scope is not null; scope = scope.Next_NeedsLock)
                found.Add(scope);
        }

        /// <summary>They are few: what they cost together is bounded by what is asked here.</summary>
        private static int CostOf(Dictionary<string, Scope> scopes, string identity)
        {
            var cost = 0;
            for (var scope = scopes.GetValueOrDefault(identity); scope is not null; scope = scope.Next_NeedsLock)
                cost += scope.View.Cost;
            return cost;
        }

        private static void Link(Dictionary<string, Scope> scopes, string identity, Scope scope)
        {
            scope.Next_NeedsLock = scopes.GetValueOrDefault(identity);
            scopes[identity] = scope;
        }

        private static void Unlink(Dictionary<string, Scope> scopes, string identity, Scope scope)
        {
            var first = scopes.GetValueOrDefault(identity);
            if (ReferenceEquals(first, scope))
            {
                if (scope.Next_NeedsLock is { } next)
                    scopes[identity] = next;
                else
                    scopes.Remove(identity);
            }
            else
            {
                for (var before = first; before is not null; before = before.Next_NeedsLock)
                {
                    if (!ReferenceEquals(before.Next_NeedsLock, scope))
                        continue;
                    before.Next_NeedsLock = scope.Next_NeedsLock;
                    break;
                }
            }

            scope.Next_NeedsLock = null;
        }
    }

    private sealed class ColumnScopes(ColumnDefinition column)
    {
        public ColumnDefinition Column { get; } = column;

        public Dictionary<string, Scope> ByValue { get; } = new(StringComparer.Ordinal);
    }
}
