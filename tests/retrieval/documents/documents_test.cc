// Each format into blocks and passages: what is read, where it stands, what is refused.
#include <gtest/gtest.h>
#include <zlib.h>

#include <random>
#include <string>
#include <vector>

#include "retrieval/documents/blocks.h"
#include "retrieval/documents/chunk.h"
#include "text/segment.h"
#include "text/utf8.h"

namespace frontdesk::retrieval {
namespace {

using Strings = std::vector<std::string>;

std::vector<Passage> Cut(const Document& document, const PassageOptions& options = {}) {
  auto passages = CutDocument(document, options);
  EXPECT_TRUE(passages.ok()) << passages.status();
  return passages.ok() ? *passages : std::vector<Passage>();
}

absl::Status Refusal(const Document& document, const PassageOptions& options = {}) {
  return CutDocument(document, options).status();
}

Strings BlockTexts(const Document& document) {
  const auto parsed = ParseDocument(document, {});
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  Strings out;
  if (!parsed.ok()) return out;
  for (const Block& block : parsed->blocks) out.push_back(block.text.text());
  return out;
}

// Every run of every passage stands in the source byte for byte.
void ExpectRunsExact(const Passage& passage, std::string_view source) {
  for (size_t i = 0; i < passage.runs.size(); ++i) {
    const SourceRun& run = passage.runs[i];
    const size_t end = i + 1 < passage.runs.size() ? passage.runs[i + 1].text : passage.text.size();
    const std::string_view text = std::string_view(passage.text).substr(run.text, end - run.text);
    const bool own = text == " " || text == "\n" || text == "\n\n" || text == "; ";
    if (own || source.substr(run.source, text.size()) == text) continue;
    // Entities, escapes and table labels are the exceptions; they begin no sentence of ours.
    EXPECT_LT(text.size(), 40u) << text;
  }
  EXPECT_LE(passage.begin, passage.end);
  EXPECT_LE(passage.end, source.size());
}

TEST(Markdown, BlocksAndMetadata) {
  const Document document{
      .id = "a.md",
      .format = Document::kMarkdown,
      .bytes =
          "---\ntitle: \"Sending back\"\nlanguage: en\nurl: https://x.example/a\n"
          "---\n# Sending back\n\nFirst *line* with a [link](http://y.example)\n"
          "and a second line.\n\n## How\n\n- One `thing`\n- Two &amp; three\n\n"
          "| Size | Chest |\n|------|-------|\n| M | 96 cm |\n| L | 102 cm |\n\n"
          "```\ncode here\n  more\n```\n<!-- not read -->\n"};
  EXPECT_EQ(BlockTexts(document),
            (Strings{"Sending back", "First line with a link and a second line.", "How",
                     "One thing", "Two & three", "Size M – Chest: 96 cm", "Size L – Chest: 102 cm",
                     "code here\nmore"}));
  const auto passages = Cut(document);
  ASSERT_EQ(passages.size(), 2u);
  EXPECT_EQ(passages[0].title, "Sending back");
  EXPECT_EQ(passages[0].url, "https://x.example/a");
  EXPECT_TRUE(passages[0].headings.empty());
  EXPECT_EQ(passages[1].headings, Strings{"How"});
  for (const Passage& passage : passages) ExpectRunsExact(passage, document.bytes);
  // A word behind mark-up leads back to itself.
  const size_t at = passages[0].text.find("second");
  const text::Span source =
      SourceSpan(passages[0], {static_cast<uint32_t>(at), static_cast<uint32_t>(at + 6)});
  EXPECT_EQ(text::Slice(document.bytes, source), "second");
}

TEST(Markdown, HeadingsNest) {
  const auto passages = Cut({.id = "b.md",
                             .format = Document::kMarkdown,
                             .bytes = "# T\n\n## A\n\na\n\n### B\n\nb\n\n## C\n\nc\n"});
  ASSERT_EQ(passages.size(), 3u);
  EXPECT_EQ(passages[0].headings, Strings{"A"});
  EXPECT_EQ(passages[1].headings, (Strings{"A", "B"}));
  EXPECT_EQ(passages[2].headings, Strings{"C"});
}

TEST(Html, BlocksTablesEntitiesAndWhatIsSkipped) {
  const Document document{
      .id = "a.html",
      .format = Document::kHtml,
      .bytes =
          "<!doctype html><html lang=\"en-GB\"><head><title>Care &amp; wash</title>"
          "<style>p{}</style></head><body><nav>Menu</nav><h1>Care</h1>"
          "<p>Wash at 30&nbsp;degrees, <b>never</b>\n hotter.<br>Dry flat.</p>"
          "<ul><li>No bleach</li><li>No iron</li></ul><script>var x=1;</script>"
          "<table><tr><th>Size</th><th>Chest</th></tr><tr><td>M</td><td>96&nbsp;cm</td></tr></"
          "table>"
          "<footer>Imprint</footer></body></html>"};
  EXPECT_EQ(BlockTexts(document),
            (Strings{"Care", "Wash at 30\u00A0degrees, never hotter. Dry flat.", "No bleach",
                     "No iron", "Size M – Chest: 96\u00A0cm"}));
  const auto passages = Cut(document);
  ASSERT_FALSE(passages.empty());
  EXPECT_EQ(passages[0].title, "Care & wash");
  EXPECT_EQ(passages[0].language, "en");
  for (const Passage& passage : passages) ExpectRunsExact(passage, document.bytes);
}

TEST(Html, AnEmptyCellKeepsTheColumnsInPlace) {
  const Document document{
      .id = "hours.html",
      .format = Document::kHtml,
      .bytes = "<table> <tr> <th></th> <th>Cork</th> <th>Hamburg</th> </tr>"
               "<tr><td>Monday</td><td>10 to 18</td><td>10 to 19</td></tr>"
               "<tr><td>Sunday<td><td>closed</table>"};
  EXPECT_EQ(BlockTexts(document),
            (Strings{"Monday – Cork: 10 to 18; Hamburg: 10 to 19", "Sunday – Hamburg: closed"}));
  for (const Passage& passage : Cut(document)) ExpectRunsExact(passage, document.bytes);
}

TEST(Html, DeepNestingIsRefusedAndUnclosedParagraphsAreNot) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<div>";
  const auto status = Refusal({.id = "deep.html", .format = Document::kHtml, .bytes = deep});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("deep.html"), std::string::npos);
  std::string flat = "<ul>";
  for (int i = 0; i < 3000; ++i) flat += "<li><p>item " + std::to_string(i);
  EXPECT_FALSE(Cut({.id = "flat.html", .format = Document::kHtml, .bytes = flat}).empty());
  std::string quotes(100'000, '>');
  EXPECT_FALSE(Refusal({.id = "deep.md", .format = Document::kMarkdown, .bytes = quotes}).ok());
}

TEST(Text, ParagraphsAndHeadings) {
  const Document document{.id = "a.txt",
                          .bytes =
                              "Warranty\n========\n\nTwo years\non all lamps.\n\nHOW TO CLAIM\n"
                              "Write to us.\n"};
  EXPECT_EQ(BlockTexts(document),
            (Strings{"Warranty", "Two years\non all lamps.", "HOW TO CLAIM", "Write to us."}));
  const auto passages = Cut(document);
  ASSERT_EQ(passages.size(), 2u);
  EXPECT_EQ(passages[0].title, "Warranty");
  EXPECT_EQ(text::Slice(document.bytes, {passages[0].begin, passages[0].end}), passages[0].text);
  EXPECT_EQ(passages[1].headings, Strings{"HOW TO CLAIM"});
}

TEST(CsvFaq, QuestionsAreHeadingsAnswersArePassages) {
  const Document document{
      .id = "faq.csv",
      .title = "FAQ",
      .format = Document::kCsvFaq,
      .bytes =
          "question,answer,category\r\n\"Can I, please, return?\",\"Yes,\n"
          "within \"\"30\"\" days.\",Returns\r\nHow long?,Two days.,Shipping\r\n"};
  const auto passages = Cut(document);
  ASSERT_EQ(passages.size(), 2u);
  EXPECT_EQ(passages[0].headings, (Strings{"Returns", "Can I, please, return?"}));
  EXPECT_EQ(passages[0].text, "Yes,\nwithin \"30\" days.");
  EXPECT_EQ(passages[1].headings, (Strings{"Shipping", "How long?"}));
  EXPECT_EQ(passages[1].text, "Two days.");
  const auto plain =
      Cut({.id = "p.csv", .format = Document::kCsvFaq, .bytes = "Why?;Because.\nWho?;We.\n"});
  ASSERT_EQ(plain.size(), 2u);
}

TEST(CsvFaq, BadRowsAreNamedByLine) {
  auto status =
      Refusal({.id = "f.csv", .format = Document::kCsvFaq, .bytes = "question,answer\nonly one\n"});
  EXPECT_NE(status.message().find("line 2"), std::string::npos) << status;
  status = Refusal({.id = "f.csv", .format = Document::kCsvFaq, .bytes = "q,a\n\"open,x\n"});
  EXPECT_NE(status.message().find("quote"), std::string::npos) << status;
}

TEST(Pdf, BrokenOnesAreRefused) {
  for (const std::string& bytes :
       {std::string("%PDF-1.4 nothing"), std::string(), std::string(5000, 'x')}) {
    EXPECT_EQ(Refusal({.id = "a.pdf", .format = Document::kPdf, .bytes = bytes}).code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST(Pdf, TextOfASmallOne) {
  // One page with one line, written out; the reader repairs the missing cross-reference table.
  const std::string stream = "BT /F1 12 Tf 72 700 Td (Refunds take five days.) Tj ET";
  const std::string pdf =
      "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
      "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
      "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R"
      "/Resources<</Font<</F1 5 0 R>>>>>>endobj\n"
      "4 0 obj<</Length " +
      std::to_string(stream.size()) + ">>stream\n" + stream +
      "\nendstream endobj\n5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
      "trailer<</Root 1 0 R>>\n%%EOF\n";
  const auto passages = Cut({.id = "a.pdf", .format = Document::kPdf, .bytes = pdf});
  ASSERT_EQ(passages.size(), 1u);
  EXPECT_EQ(passages[0].text, "Refunds take five days.");
}

// A page whose content is `size` blanks, packed.
std::string PackedPdf(size_t size, const char* filters) {
  const std::string blanks(size, ' ');
  uLongf packed_size = compressBound(blanks.size());
  std::string packed(packed_size, '\0');
  EXPECT_EQ(compress(reinterpret_cast<Bytef*>(packed.data()), &packed_size,
                     reinterpret_cast<const Bytef*>(blanks.data()), blanks.size()),
            Z_OK);
  packed.resize(packed_size);
  return "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
         "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
         "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R>>endobj\n"
         "4 0 obj<</Filter" +
         std::string(filters) + "/Length " + std::to_string(packed.size()) + ">>stream\n" + packed +
         "\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
}

TEST(Pdf, BombsAreRefusedBeforeTheyGoOff) {
  PassageOptions options;
  options.max_pdf_unpacked_bytes = 1 << 20;
  const std::string bomb = PackedPdf(20 << 20, "/FlateDecode");
  EXPECT_LT(bomb.size(), 40'000u);
  auto status = Refusal({.id = "bomb.pdf", .format = Document::kPdf, .bytes = bomb}, options);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("unpacks to more than"), std::string::npos) << status;
  EXPECT_NE(status.message().find("bomb.pdf"), std::string::npos) << status;
  status = Refusal({.id = "twice.pdf",
                    .format = Document::kPdf,
                    .bytes = PackedPdf(100, "[/FlateDecode/FlateDecode]")},
                   options);
  EXPECT_NE(status.message().find("twice over"), std::string::npos) << status;
  // Below the cap it is read, and holds no text.
  status = Refusal({.id = "blank.pdf", .format = Document::kPdf, .bytes = PackedPdf(1000, "/Fl")},
                   options);
  EXPECT_NE(status.message().find("no text"), std::string::npos) << status;
}

TEST(Encodings, AreNamed) {
  const struct {
    const char* name;
    std::string bytes;
    const char* says;
  } cases[] = {
      {"latin-1", "caf\xE9", "UTF-8"},
      {"utf-16", std::string("\xFF\xFEh\0i\0", 6), "UTF-16"},
      {"zero bytes", std::string("a\0b", 3), "zero byte"},
  };
  for (const auto& c : cases) {
    for (const auto format :
         {Document::kText, Document::kMarkdown, Document::kHtml, Document::kCsvFaq}) {
      const auto status = Refusal({.id = "x", .format = format, .bytes = c.bytes});
      EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.name;
      EXPECT_NE(status.message().find(c.says), std::string::npos) << status;
    }
  }
  EXPECT_NE(
      Refusal({.id = "x", .bytes = "12345"}, {.max_document_bytes = 4}).message().find("split"),
      std::string::npos);
}

TEST(Cut, LongSectionsOverlapAndStayWithinTheLimit) {
  std::string body;
  for (int i = 0; i < 120; ++i) {
    body += "Sentence number " + std::to_string(i) + " says something about parcels. ";
    if (i % 40 == 39) body += "\n\n";
  }
  const PassageOptions options;
  const Document document{.id = "long", .bytes = body};
  const auto passages = Cut(document, options);
  ASSERT_GT(passages.size(), 3u);
  for (size_t i = 0; i < passages.size(); ++i) {
    const auto words = static_cast<int>(text::Words(passages[i].text, "en").size());
    EXPECT_LE(words, options.max_words + options.overlap_words);
    ExpectRunsExact(passages[i], body);
    if (i == 0) continue;
    EXPECT_LT(passages[i].begin, passages[i - 1].end) << "overlap of " << i;
    EXPECT_GT(passages[i].end, passages[i - 1].end);
  }
  const auto one_word = Cut({.id = "w", .bytes = std::string(100'000, 'x')});
  EXPECT_EQ(one_word.size(), 1u);
  std::string no_stops;
  for (int i = 0; i < 2000; ++i) no_stops += "word" + std::to_string(i) + " ";
  EXPECT_GT(Cut({.id = "n", .bytes = no_stops}).size(), 8u);
  EXPECT_EQ(Refusal({.id = "n", .bytes = no_stops}, {.max_passages = 3}).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(Cut, RepeatedPassagesAreKeptOnce) {
  const auto passages =
      Cut({.id = "r.md",
           .format = Document::kMarkdown,
           .bytes = "# T\n\n## A\n\nThe same words.\n\n## B\n\nThe same words.\n"});
  EXPECT_EQ(passages.size(), 1u);
}

TEST(Cut, AnyBytesGivePassagesOrAnError) {
  std::mt19937 random(12);
  const Strings pieces = {"<p>",  "</p>",   "<table>", "<tr>", "<td>",  "</table>", "# ",
                          "- ",   "|",      "---\n",   "\n\n", "word ", "Längs. ",  "&amp;",
                          "&#x;", "<",      ">",       "\"",   ",",     ";",        "`",
                          "*",    "[a](b)", "\xC3",    "😀",    "```\n", "    ",     "<br>",
                          "<li>", "</div>", "\r\n"};
  for (int round = 0; round < 4000; ++round) {
    Document document{.id = "fuzz", .format = static_cast<Document::Format>(round % 4)};
    for (unsigned n = random() % 30; n > 0; --n) document.bytes += pieces[random() % pieces.size()];
    const auto passages =
        CutDocument(document, {.target_words = 5, .max_words = 8, .overlap_words = 3});
    if (!passages.ok()) continue;
    for (const Passage& passage : *passages) {
      ASSERT_TRUE(text::IsValidUtf8(passage.text)) << document.bytes;
      ASSERT_FALSE(passage.text.empty());
      ASSERT_LE(passage.begin, passage.end) << document.bytes;
      ASSERT_LE(passage.end, document.bytes.size()) << document.bytes;
      for (const text::Span& s : text::Sentences(passage.text, "en")) {
        const text::Span source = SourceSpan(passage, s);
        ASSERT_LE(source.begin, source.end);
        ASSERT_LE(source.end, document.bytes.size());
      }
    }
  }
}

TEST(Formats, HaveNamesAndEndings) {
  EXPECT_EQ(FormatOfFileName("a/B.MD"), Document::kMarkdown);
  EXPECT_EQ(FormatOfFileName("x.pdf"), Document::kPdf);
  EXPECT_FALSE(FormatOfFileName("x.exe").has_value());
  EXPECT_EQ(FormatFromName(FormatName(Document::kCsvFaq)), Document::kCsvFaq);
  EXPECT_FALSE(FormatFromName("docx").has_value());
}

}  // namespace
}  // namespace frontdesk::retrieval
