using System.Text;

namespace EtchStream.Cli.Definitions;

/// <summary>What the shells complete: verbs, options, words that an option takes, files.</summary>
internal static class Completions
{
    /// <summary>For bash.</summary>
    public static string Bash(IReadOnlyList<VerbDefinition> verbs)
    {
        var text = new StringBuilder("""
            # bash completion for etchstream. In ~/.bashrc: source <(etchstream completion bash)
            _etchstream() {
                local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
                COMPREPLY=()
                if ((COMP_CWORD == 1)); then

            """);
        text.Append($"        mapfile -t COMPREPLY < <(compgen -W '{string.Join(' ', Names(verbs))} help --help --version' -- \"$word\")\n        return\n    fi\n    case ${{COMP_WORDS[1]}} in\n");
        foreach (var verb in verbs)
        {
            text.Append($"        {verb.Name})\n            case $before in\n");
            foreach (var option in verb.Options.Where(o => o.Value is not null))
            {
                text.Append($"                {(option.Short is { } letter ? $"-{letter} | " : "")}--{option.Long}) ");
                if (option.Words.Count > 0) text.Append($"mapfile -t COMPREPLY < <(compgen -W '{string.Join(' ', option.Words)}' -- \"$word\"); ");
                else if (option.IsFile) text.Append("compopt -o default; ");
                text.Append("return ;;\n");
            }

            text.Append($"            esac\n            if [[ $word == -* ]]; then mapfile -t COMPREPLY < <(compgen -W '{string.Join(' ', verb.Options.Select(o => "--" + o.Long))} --help' -- \"$word\"); else compopt -o default; fi\n            ;;\n");
        }

        return text.Append("    esac\n}\ncomplete -F _etchstream etchstream\n").ToString();
    }

    /// <summary>For zsh.</summary>
    public static string Zsh(IReadOnlyList<VerbDefinition> verbs)
    {
        var text = new StringBuilder("""
            #compdef etchstream
            # zsh completion for etchstream. Into a folder of $fpath, as _etchstream: etchstream completion zsh > _etchstream
            _etchstream() {
                if ((CURRENT == 2)); then
                    local -a verbs=(

            """);
        foreach (var verb in verbs) text.Append($"            {Single($"{verb.Name}:{Brief(verb.Help)}")}\n");
        text.Append("        )\n        _describe verb verbs\n        return\n    fi\n    local verb=$words[2]\n    shift words\n    ((CURRENT--))\n    case $verb in\n");
        foreach (var verb in verbs)
        {
            text.Append($"        {verb.Name})\n            _arguments \\\n");
            foreach (var option in verb.Options)
            {
                var help = Brief(option.Help).Replace("[", "(", StringComparison.Ordinal).Replace("]", ")", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal);
                var value = option.Value is null ? "" : $":{option.Value.Replace(":", "\\:", StringComparison.Ordinal)}:{(option.Words.Count > 0 ? $"({string.Join(' ', option.Words)})" : option.IsFile ? "_files" : " ")}";
                text.Append($"                {Single($"{(option.IsMany ? "*" : "")}--{option.Long}[{help}]{value}")} \\\n");
            }

            text.Append("                '*:file:_files'\n            ;;\n");
        }

        return text.Append("    esac\n}\nif [[ $zsh_eval_context[-1] == loadautofunc ]]; then _etchstream \"$@\"; else compdef _etchstream etchstream; fi\n").ToString();
    }

    /// <summary>For fish.</summary>
    public static string Fish(IReadOnlyList<VerbDefinition> verbs)
    {
        var text = new StringBuilder("# fish completion for etchstream: etchstream completion fish > ~/.config/fish/completions/etchstream.fish\n");
        foreach (var verb in verbs) text.Append($"complete -c etchstream -n __fish_use_subcommand -f -a {verb.Name} -d {Single(Brief(verb.Help))}\n");
        foreach (var verb in verbs)
        {
            foreach (var option in verb.Options)
            {
                text.Append($"complete -c etchstream -n '__fish_seen_subcommand_from {verb.Name}' -l {option.Long}");
                if (option.Short is { } letter) text.Append($" -s {letter}");
                if (option.Value is not null) text.Append(option.Words.Count > 0 ? $" -x -a '{string.Join(' ', option.Words)}'" : option.IsFile ? " -r -F" : " -x");
                text.Append($" -d {Single(Brief(option.Help))}\n");
            }
        }

        return text.ToString();
    }

    private static IEnumerable<string> Names(IReadOnlyList<VerbDefinition> verbs) => verbs.Select(v => v.Name);

    /// <summary>The first sentence, or clause.</summary>
    private static string Brief(string help)
    {
        var end = help.AsSpan().IndexOfAny('.', ':', ';');
        return end > 0 ? help[..end] : help;
    }

    // In single quotes nothing has a meaning but the quote.
    private static string Single(string text) => $"'{text.Replace("'", "’", StringComparison.Ordinal)}'";
}
