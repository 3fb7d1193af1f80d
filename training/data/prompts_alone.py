"""Prompts that stand alone, with the words of attacks in innocent use: as a whole document they are kept."""

# ruff: noqa: E501  (one template a line: breaking sentences would hide them)

from __future__ import annotations

PROMPTS_ALONE: tuple[str, ...] = (
    "[Can|May|Should] I [ignore|skip|disregard] the [warning|update|noise|first chapter] [of|about|in] my [@device|@gadget]?",
    "How do I [ignore|exclude|hide] [a file|whitespace|errors] in [git|the diff|@command]?",
    "What [instructions|orders|rules] did [@figure|the captain|my teacher] give [before|after] @history?",
    "[Which|What] [previous|earlier|prior] [version|edition|owner] of [@book|the @device] is [better|worth more]?",
    "I forgot my [password|key|instructions] for the @device; [how can I reset it|where do I look]?",
    "Is it [safe|wise|legal] to [override|bypass|disable] the [@part|alarm|speed limit] of a @device?",
    "[Please|] [reveal|show|tell me] the secret of a good @food.",
    "[Write|Draft] [instructions|a guide|rules] for [new players|my house sitter|using a @device].",
    "What is the [system|prompt|command] behind [the traffic lights in @city|@command|tides]?",
    "How does [a compiler|a spam filter|the immune system] [detect|ignore|reject] [errors|junk|its own cells]?",
    "[Act|Behave] normally [when|if] a [dog|policeman] comes near: good advice?",
    "Why do actors pretend to be @voice?",
    "Could you [print|output|display] a [table|calendar|list] of @number [prime numbers|cities]?",
    "The [developer|debug|admin] mode of my @gadget is [on|locked]; what does it do?",
    "How can I make my [students|team|children] follow [instructions|the rules]?",
    "[Give me|I need] a [writing|drawing] prompt about @thing.",
    "What happens if I delete [all previous|the old] [backups|messages]?",
    "Can a [judge|referee|new law] override an [earlier|older] decision?",
    "[Summarise|Explain] the [instructions|rules] of [chess|poker|the game].",
    "Who gives orders on a [ship|film set]?",
    "[How|Where] do I [execute|run] @command?",
    "My [boss|landlord|doctor] told me to forget the [previous|old] [contract|plan|diet]. [Is that normal?|What now?]",
    'Translate "[ignore it|forget me|you are now free|system error]" into @language.',
    "Does [@book|@film] have an [unrestricted|uncut] version?",
    'What does "@attack" mean in [this article|computer security]?',
    "[Should|Must] answers in [an exam|a survey] be [short|written in ink]?",
    "How do [training data|hidden layers|prompts] [affect|improve] a model?",
    "Which [questions|answers] should I avoid in [an interview|a first date]?",
    "[Do|Why do] journalists only ask about [scandals|money]?",
    'The printer says "replace instructions"; what should I do?',
    "Respond to [my friend's invitation|the customer|this complaint] [politely|in two lines].",
    "I want to role-play as @voice [with my kids|at a party]; any costume ideas?",
    "Is there a [safe mode|guest mode] on the @gadget?",
    "[How|When] can I [send|forward] [an e-mail|the file] to [all|several] people at once?",
    "Are @brand [customers|users] allowed to share [passwords|accounts]?",
)
