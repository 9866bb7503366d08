// The replay report as one HTML file: no script, no request to anywhere, light and dark.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "server/replay/render.h"

namespace frontdesk::server {
namespace {

constexpr char kStyle[] = R"css(
:root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--ink:#1c2430;--soft:#5d6878;--line:#dfe3e9;
--old:#fdecea;--old-ink:#8c1d18;--new:#e7f5ec;--new-ink:#0f5a2c;--bar:#c2410c;--chip:#eef1f5}
@media(prefers-color-scheme:dark){:root{--page:#12161c;--card:#1b212a;--ink:#e6eaf0;--soft:#9aa6b5;
--line:#303947;--old:#3a2022;--old-ink:#f5b5b0;--new:#183325;--new-ink:#a5e3bd;--bar:#fb923c;--chip:#27303c}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:1180px;margin:0 auto;padding:32px 24px 64px}
h1{font-size:24px;margin:0 0 4px}
.sub{color:var(--soft);margin:0 0 24px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:0 0 24px}
.tile,.card{background:var(--card);border:1px solid var(--line);border-radius:10px}
.tile{padding:12px 16px}
.tile b{display:block;font-size:22px;font-variant-numeric:tabular-nums}
.tile span{color:var(--soft);font-size:13px}
.card{margin:0 0 14px;overflow:hidden}
table{width:100%;border-collapse:collapse}
th{font-size:12px;text-align:left;color:var(--soft);font-weight:600;padding:10px 14px;border-bottom:1px solid var(--line)}
td{padding:9px 14px;border-bottom:1px solid var(--line);vertical-align:top}
tr:last-child td{border-bottom:0}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
a{color:inherit}
.chip{display:inline-block;background:var(--chip);border-radius:99px;padding:1px 10px;font-size:13px;white-space:nowrap}
code{font:13px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.risk{display:inline-block;height:8px;border-radius:4px;background:var(--bar);vertical-align:middle;margin-right:8px}
details>summary{cursor:pointer;padding:12px 16px;list-style:none;display:flex;gap:12px;align-items:baseline;flex-wrap:wrap}
details>summary::-webkit-details-marker{display:none}
details>summary::before{content:"\25B8";color:var(--soft)}
details[open]>summary::before{content:"\25BE"}
summary .what{font-weight:600;font-size:15px;margin:0;display:inline}
summary .more{margin-left:auto;color:var(--soft);font-size:13px}
.turn{border-top:1px solid var(--line);padding:14px 16px}
.where{color:var(--soft);font-size:13px;margin:0 0 8px}
.said{background:var(--chip);border-radius:8px;padding:8px 12px;margin:0 0 10px;max-width:70%}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:12px}
.side h3{margin:0 0 6px;font-size:12px;color:var(--soft);font-weight:600}
.side p{margin:0 0 6px;padding:8px 12px;border-radius:8px;background:var(--chip);white-space:pre-wrap;overflow-wrap:anywhere}
.old p.d{background:var(--old);color:var(--old-ink)}
.new p.d{background:var(--new);color:var(--new-ink)}
.side p.none{background:none;border:1px dashed var(--line);color:var(--soft)}
.events{margin-top:10px;font-size:13px}
.events>summary{padding:4px 0;color:var(--soft)}
.events td{padding:6px 10px}
.events td.o code{color:var(--old-ink)}.events td.w code{color:var(--new-ink)}
@media(max-width:720px){.pair{grid-template-columns:1fr}.said{max-width:none}}
)css";

std::string Html(const std::string& text) {
  return absl::StrReplaceAll(
      text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

std::string Tile(const std::string& value, const std::string& label) {
  return absl::StrCat("<div class=\"tile\"><b>", Html(value), "</b><span>", Html(label),
                      "</span></div>");
}

std::string Side(const char* side, const char* title, const std::vector<std::string>& words,
                 const std::vector<std::string>& others) {
  std::string html = absl::StrCat("<div class=\"side ", side, "\"><h3>", title, "</h3>");
  for (const std::string& word : words) {
    const bool same = std::find(others.begin(), others.end(), word) != others.end();
    absl::StrAppend(&html, same ? "<p>" : "<p class=\"d\">", Html(word), "</p>");
  }
  if (words.empty()) absl::StrAppend(&html, "<p class=\"none\">says nothing</p>");
  return absl::StrCat(html, "</div>");
}

std::string TurnHtml(const ReplayedConversation& one, int64_t turn) {
  std::string html;
  for (const dialog::ChangedTurn& changed : one.report.changed) {
    if (changed.turn != turn) continue;
    absl::StrAppend(&html, "<div class=\"turn\"><p class=\"where\">", Html(one.name), ", turn ",
                    turn, "</p>");
    if (!changed.message.empty())
      absl::StrAppend(&html, "<div class=\"said\">", Html(changed.message), "</div>");
    absl::StrAppend(&html, "<div class=\"pair\">",
                    Side("old", "Recorded", changed.recorded, changed.replayed),
                    Side("new", "Candidate", changed.replayed, changed.recorded), "</div>");
    absl::StrAppend(&html, "<details class=\"events\"><summary>", changed.count,
                    changed.count == 1 ? " event differs" : " events differ",
                    "</summary><table><tr><th class=\"n\">event</th><th>kind</th><th>recorded</th>"
                    "<th>candidate</th></tr>");
    for (size_t i = changed.first; i < changed.first + changed.count; ++i) {
      const dialog::ReplayDifference& d = one.report.differences[i];
      absl::StrAppend(&html, "<tr><td class=\"n\">",
                      d.sequence > 0 ? absl::StrCat(d.sequence) : "new", "</td><td>", Html(d.kind),
                      "</td><td class=\"o\"><code>", Html(d.recorded),
                      "</code></td><td class=\"w\"><code>", Html(d.replayed), "</code></td></tr>");
    }
    absl::StrAppend(&html, "</table></details></div>");
    break;
  }
  return html;
}

std::string Ratio(int64_t part, int64_t whole) {
  return absl::StrFormat("%.2f %%", whole > 0 ? 100.0 * static_cast<double>(part) / static_cast<double>(whole) : 0.0);
}

std::string ShiftTable(const ReplayResult& result) {
  std::string html =
      "<div class=\"card\"><table><tr><th>Over all turns</th><th class=\"n\">recorded</th>"
      "<th class=\"n\">candidate</th><th class=\"n\">change</th></tr>";
  const auto line = [&](const char* name, int64_t before, int64_t after) {
    absl::StrAppendFormat(&html,
                          "<tr><td>%s</td><td class=\"n\">%d</td><td class=\"n\">%d</td>"
                          "<td class=\"n\">%+d</td></tr>",
                          name, before, after, after - before);
  };
  line("Turns answered from documents", result.recorded.answered, result.replayed.answered);
  line("Turns refused", result.recorded.refused, result.replayed.refused);
  line("Handoffs to a human", result.recorded.handoffs, result.replayed.handoffs);
  line("Tool calls", result.recorded.tool_calls, result.replayed.tool_calls);
  line("Cited sentences", result.recorded.cited, result.replayed.cited);
  line("Sentences without enough support", result.recorded.ungrounded, result.replayed.ungrounded);
  return absl::StrCat(html, "</table></div>");
}

}  // namespace

std::string ToHtml(const ReplayResult& result, const std::vector<DiffRow>& rows,
                   const ReplayTitle& title) {
  const bool verify = result.mode == dialog::ReplayMode::kVerify;
  std::string html = absl::StrCat(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
      "<title>Replay: ",
      Html(title.record), "</title><style>", kStyle, "</style></head><body><main><h1>",
      verify ? "Replay, verified" : "Replay, compared", "</h1><p class=\"sub\">", Html(title.record),
      verify ? "" : absl::StrCat(" against ", Html(title.candidate)), " · ", Html(title.when),
      "</p><div class=\"tiles\">");
  absl::StrAppend(&html, Tile(absl::StrCat(result.conversations.size()), "conversations"),
                  Tile(absl::StrCat(result.turns), "turns"),
                  Tile(absl::StrCat(result.identical), "identical"),
                  Tile(absl::StrCat(result.differ()), "differ"),
                  Tile(Ratio(result.turns_changed, result.turns), "of turns changed"),
                  Tile(Ratio(result.decoded, result.turns), "of turns decoded again"), "</div>");
  if (!verify) absl::StrAppend(&html, ShiftTable(result));
  if (rows.empty()) {
    absl::StrAppend(&html, "<div class=\"card\"><div class=\"turn\">No turn differs.</div></div>");
  } else {
    absl::StrAppend(&html,
                    "<div class=\"card\"><table><tr><th class=\"n\">#</th><th>risk</th><th>kind</th>"
                    "<th>cause</th><th class=\"n\">turns</th><th class=\"n\">conversations</th></tr>");
    const double most = rows.front().risk;
    for (size_t i = 0; i < rows.size(); ++i) {
      absl::StrAppendFormat(
          &html,
          "<tr><td class=\"n\">%d</td><td><span class=\"risk\" style=\"width:%dpx\"></span>%.1f</td>"
          "<td><span class=\"chip\">%s</span></td><td><a href=\"#row%d\"><code>%s</code></a></td>"
          "<td class=\"n\">%d</td><td class=\"n\">%d</td></tr>",
          i + 1, static_cast<int>(72 * rows[i].risk / std::max(most, 1e-9)), rows[i].risk,
          Html(rows[i].kind), i + 1,
          Html(rows[i].cause.empty() ? "cause not found" : rows[i].cause), rows[i].turns,
          rows[i].conversations);
    }
    absl::StrAppend(&html, "</table></div>");
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    const DiffRow& row = rows[i];
    absl::StrAppendFormat(
        &html,
        "<details class=\"card\" id=\"row%d\"%s><summary><span class=\"chip\">%s</span>"
        "<h2 class=\"what\">%s</h2><code>%s</code><span class=\"more\">%d turns%s</span></summary>",
        i + 1, i < 3 ? " open" : "", Html(row.kind), Html(row.what), Html(row.cause), row.turns,
        row.forms > 1 ? absl::StrCat(", ", row.forms, " forms") : "");
    for (const TurnPlace& place : row.examples)
      absl::StrAppend(&html, TurnHtml(result.conversations[place.conversation], place.turn));
    absl::StrAppend(&html, "</details>");
  }
  for (const ReplayedConversation& one : result.conversations) {
    if (one.error.empty()) continue;
    absl::StrAppend(&html, "<div class=\"card\"><div class=\"turn\"><p class=\"where\">",
                    Html(one.name), "</p>", Html(one.error), "</div></div>");
  }
  return absl::StrCat(html, "</main></body></html>\n");
}

}  // namespace frontdesk::server
