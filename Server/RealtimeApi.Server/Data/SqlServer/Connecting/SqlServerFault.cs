namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>The kinds of errors of a server that are not mistakes of a statement.</summary>
internal enum SqlServerFault
{
    /// <summary>None of these: the statement or the data is wrong.</summary>
    None,

    /// <summary>The server undid the whole transaction (deadlock victim, snapshot conflict); the work may be done again, whatever it is.</summary>
    Undone,

    /// <summary>Busy, moving, starting; nothing says what became of the work.</summary>
    Passing,

    /// <summary>No answer within the command's timeout.</summary>
    TimedOut,

    /// <summary>The connection broke or could not be made.</summary>
    Connection,

    /// <summary>A permission, a login, a full disk: it stays until a person mends it.</summary>
    Refused,

    /// <summary>A table or column of the statement is not there.</summary>
    Changed,
}
