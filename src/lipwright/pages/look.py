"""How the pages look: one style sheet, light and dark, for screen and paper."""

STYLE = """
:root{color-scheme:light dark;--page:#f6f5f2;--card:#ffffff;--ink:#1d2129;--soft:#5d6673;--line:#e2e0da;
--grid:#eceae4;--a:#1f6fd1;--b:#d9730d;--c:#7a52c7;--good:#1a8754;--fair:#b07a00;--poor:#c4373a;
--shade:#eef1f5;--track:#e8e6e0}
@media (prefers-color-scheme:dark){:root{--page:#12151a;--card:#1a1f27;--ink:#e7eaf0;--soft:#9aa4b2;
--line:#2b323d;--grid:#262d37;--a:#6aaefc;--b:#f5a35b;--c:#b79cf5;--good:#52c48d;--fair:#e0b04a;
--poor:#f27b7d;--shade:#222934;--track:#2b323d}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);
font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:1040px;margin:0 auto;padding:44px 24px 64px}
header{margin-bottom:30px}
header .brand{font-size:12px;letter-spacing:.14em;text-transform:uppercase;color:var(--soft);font-weight:600}
h1{font-size:30px;line-height:1.2;margin:6px 0 8px;letter-spacing:-.015em;overflow-wrap:anywhere}
header p{margin:0;color:var(--soft);overflow-wrap:anywhere}
h2{font-size:19px;margin:0 0 4px;letter-spacing:-.01em}
section{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:24px 26px;
margin:0 0 20px}
section>p{color:var(--soft);margin:0 0 16px;max-width:72ch}
section>p:last-child{margin-bottom:0}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(220px,1fr));gap:14px;margin:0 0 20px}
.cards.thirds{grid-template-columns:repeat(auto-fill,minmax(280px,1fr))}
.card{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:18px 20px;
border-top:4px solid var(--line)}
.card.good{border-top-color:var(--good)}.card.fair{border-top-color:var(--fair)}
.card.poor{border-top-color:var(--poor)}
.card .label{font-size:13px;color:var(--soft);font-weight:600}
.card .value{font-size:30px;font-weight:650;letter-spacing:-.02em;line-height:1.25;
font-variant-numeric:tabular-nums}
.card .value small{font-size:15px;font-weight:500;color:var(--soft);margin-left:3px}
.card .word{font-size:13px;font-weight:650}
.good .word{color:var(--good)}.fair .word{color:var(--fair)}.poor .word{color:var(--poor)}
.card p{margin:6px 0 0;font-size:13px;line-height:1.45;color:var(--soft)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:8px 14px 8px 0;border-bottom:1px solid var(--line);vertical-align:top}
th{font-size:13px;color:var(--soft);font-weight:600}
tr:last-child td,tr:last-child th[scope=row]{border-bottom:0}
th[scope=row]{white-space:nowrap;width:1%;padding-right:28px}
td{overflow-wrap:anywhere}
td.number,th.number{text-align:right;padding-right:0;padding-left:14px}
figure{margin:14px 0 0}
figcaption{font-size:13px;color:var(--soft);margin-top:8px}
svg{display:block;width:100%;height:auto;overflow:visible}
svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif;fill:var(--soft)}
.legend{display:flex;flex-wrap:wrap;gap:6px 22px;font-size:13px;color:var(--soft);margin-bottom:8px}
.legend i{display:inline-block;width:20px;height:0;border-top:3px solid;border-radius:2px;
vertical-align:middle;margin-right:8px}
.legend i.dashed{border-top-style:dashed}
.legend i.shade{height:12px;border:0;background:var(--shade);border-radius:3px;outline:1px solid var(--line)}
ul{margin:0;padding-left:20px}
footer{color:var(--soft);font-size:13px;margin-top:28px}
@media print{body{background:#fff}section,.card{break-inside:avoid}}
@media (max-width:600px){main{padding:28px 14px}section{padding:18px 16px}h1{font-size:24px}}
"""
"""CSS. Nothing is fetched: fonts are the reader's own, and colours follow the reader's light or dark mode."""
