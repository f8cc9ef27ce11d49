using System.Linq.Expressions;
using System.Reflection;

namespace RealtimeApi.Client;

/// <summary>Parts of an expression that do not depend on the item: constants, captured variables, calls on them.</summary>
internal static class ClosedExpression
{
    public static bool Is(Expression expression, ParameterExpression item)
    {
        var finder = new ItemFinder(item);
        finder.Visit(expression);
        return !finder.Found;
    }

    /// <summary>The value. What the caller's own code in it throws comes through.</summary>
    public static object? Evaluate(Expression expression)
    {
        switch (expression)
        {
            case ConstantExpression constant:
                return constant.Value;

            // Captured variables, by far the most frequent: without compiling.
            case MemberExpression { Member: FieldInfo field } member when member.Expression is null or ConstantExpression:
                return field.GetValue((member.Expression as ConstantExpression)?.Value);

            // A span cannot be boxed; what it was made of can.
            case MethodCallExpression { Method: { Name: "op_Implicit", DeclaringType: { IsGenericType: true } declaring } } call
                when declaring.Name is "ReadOnlySpan`1" or "Span`1":
                return Evaluate(call.Arguments[0]);

            default:
                var boxed = Expression.Convert(expression, typeof(object));
                return Expression.Lambda<Func<object?>>(boxed).Compile()();
        }
    }

    private sealed class ItemFinder(ParameterExpression item) : ExpressionVisitor
    {
        public bool Found { get; private set; }

        protected override Expression VisitParameter(ParameterExpression node)
        {
            Found |= node == item;
            return node;
        }
    }
}
