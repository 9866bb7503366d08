// The 230 tricky utterances, and what the file format cannot say: rejected values, several flows,
// alternatives, bad declarations.

#include <string>

#include "absl/strings/str_cat.h"
#include "dialog/understand/measure.h"
#include "dialog/understand/slots/slot_reader.h"
#include "gtest/gtest.h"

namespace frontdesk::understand {
namespace {

constexpr absl::CivilDay kWednesday(2026, 5, 20);

SlotReader Reader() {
  auto reader = SlotReader::Create(
      {{"status", "order_id", "order_number", {}, "[0-9]{4,6}"},
       {"status", "when", "date", {}, ""},
       {"return", "order", "order_number", {}, "[0-9]{4,6}"},
       {"return", "sure", "boolean", {}, ""},
       {"return", "tent", "product",
        {{"T2", {"Tarn 2 tent", "tent"}}, {"T3", {"Tarn 3 tent", "tent"}}}, ""}});
  EXPECT_TRUE(reader.ok()) << reader.status();
  return *std::move(reader);
}

UtteranceInput Input(std::string text, std::string flow, std::string asked = "") {
  UtteranceInput input;
  input.text = std::move(text);
  input.flow = std::move(flow);
  input.asked = std::move(asked);
  input.today = kWednesday;
  return input;
}

Extraction Read(const SlotReader& reader, const UtteranceInput& input,
                std::vector<std::string> flows = {}) {
  return reader.Read(ReadMessage(input.text), input, flows);
}

TEST(SlotsTest, TrickyUtterances) {
  const auto report = RunSlotEval(
      {.test = absl::StrCat(FRONTDESK_SOURCE_DIR, "/tests/understand/cases/slots.jsonl")});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_GE(report->n, 200);
  EXPECT_GE(report->f1, 0.99) << report->mistakes;
}

TEST(SlotsTest, RejectedValuesAreReported) {
  const SlotReader reader = Reader();
  const Extraction e = Read(reader, Input("not 48213, 48231", "status", "order_id"));
  ASSERT_EQ(e.slots.size(), 1u);
  EXPECT_EQ(e.slots[0].value, "48231");
  EXPECT_EQ(e.slots[0].surface, "48231");
  EXPECT_EQ(e.slots[0].begin, 11u);
  ASSERT_EQ(e.rejected.size(), 1u);
  EXPECT_EQ(e.rejected[0].value, "48213");
}

TEST(SlotsTest, OneValueFillsTheSlotsOfSeveralFlows) {
  const SlotReader reader = Reader();
  const Extraction e = Read(reader, Input("order 48213", "status"), {"return"});
  ASSERT_EQ(e.slots.size(), 2u);
  EXPECT_EQ(e.slots[0].flow, "status");
  EXPECT_EQ(e.slots[1].flow, "return");
  EXPECT_EQ(e.slots[1].slot, "order");
  EXPECT_EQ(e.mentions.size(), 1u);
}

TEST(SlotsTest, AmbiguousReadingsAreNamed) {
  const SlotReader reader = Reader();
  UtteranceInput input = Input("03/04/2026", "status", "when");
  input.locale = "en-CA";
  const Extraction date = Read(reader, input);
  ASSERT_EQ(date.slots.size(), 1u);
  EXPECT_EQ(date.slots[0].alternatives.size(), 1u);
  const Extraction product = Read(reader, Input("the tent", "return", "tent"));
  ASSERT_EQ(product.slots.size(), 1u);
  EXPECT_EQ(product.slots[0].alternatives.size(), 1u);
}

TEST(SlotsTest, APartOfANameFindsTheItemOfTheList) {
  const SlotReader reader = Reader();
  const auto item = [&](std::string text) {
    UtteranceInput input = Input(std::move(text), "return", "item");
    input.extra_slots = {{"return", "item", "product",
                          {{"Petrel Shell jacket", {"rain jacket"}},
                           {"Wren Merino socks", {"socks"}},
                           {"Wren Down jacket", {}},
                           {"Curlew 50 backpack", {}},
                           {"Glowworm 800R headlamp", {}}}, "", {}, {}}};
    const Extraction e = Read(reader, input);
    std::string found = e.slots.empty() ? "" : e.slots[0].value.get<std::string>();
    for (size_t i = 0; !e.slots.empty() && i < e.slots[0].alternatives.size(); ++i)
      found += " or " + e.slots[0].alternatives[i].get<std::string>();
    return found;
  };
  EXPECT_EQ(item("the socks"), "Wren Merino socks");
  EXPECT_EQ(item("the petrel please"), "Petrel Shell jacket");
  EXPECT_EQ(item("the down jacket"), "Wren Down jacket");
  EXPECT_EQ(item("my bakpack"), "Curlew 50 backpack");
  EXPECT_EQ(item("the lamp"), "Glowworm 800R headlamp");
  EXPECT_EQ(item("the jacket"), "Petrel Shell jacket or Wren Down jacket");
  EXPECT_EQ(item("the curlew 65"), "");  // another one than that of the list
  EXPECT_EQ(item("the stove"), "");
}

TEST(SlotsTest, AnOpenDateLiesWhereTheSlotAllows) {
  auto reader = SlotReader::Create({{"call", "day", "date", {}, "", 0, 14},
                                    {"past", "bought", "date", {}, "", {}, 0},
                                    {"any", "when", "date", {}, "", {}, {}}});
  ASSERT_TRUE(reader.ok()) << reader.status();
  const auto day = [&](std::string text, std::string flow, std::string slot) {
    const Extraction e = Read(*reader, Input(std::move(text), std::move(flow), std::move(slot)));
    return e.slots.empty() ? "" : e.slots[0].value.get<std::string>();
  };
  EXPECT_EQ(day("monday", "call", "day"), "2026-05-25");
  EXPECT_EQ(day("monday", "past", "bought"), "2026-05-18");
  EXPECT_EQ(day("monday", "any", "when"), "2026-05-18");
  EXPECT_EQ(day("on the 3rd", "call", "day"), "2026-06-03");
  EXPECT_EQ(day("25 May", "call", "day"), "2026-05-25");
  EXPECT_EQ(day("next friday", "call", "day"), "2026-05-29");
  EXPECT_EQ(day("yesterday", "call", "day"), "2026-05-19");  // said is said: the flow refuses it
}

TEST(SlotsTest, ASecondValueIsForTheNextSlotOfItsType) {
  auto reader = SlotReader::Create({{"stay", "from", "date", {}, "", {}, {}},
                                    {"stay", "to", "date", {}, "", {}, {}}});
  ASSERT_TRUE(reader.ok()) << reader.status();
  const Extraction e = Read(*reader, Input("3 June until 9 June", "stay", "from"));
  ASSERT_EQ(e.slots.size(), 2u);
  EXPECT_EQ(e.slots[0].slot, "from");
  EXPECT_EQ(e.slots[0].value, "2026-06-03");
  EXPECT_EQ(e.slots[1].slot, "to");
  EXPECT_EQ(e.slots[1].value, "2026-06-09");
}

TEST(SlotsTest, BooleanSlotTakesYesAndNo) {
  const SlotReader reader = Reader();
  const Extraction e = Read(reader, Input("nein danke", "return", "sure"));
  ASSERT_EQ(e.slots.size(), 1u);
  EXPECT_EQ(e.slots[0].value, false);
}

TEST(SlotsTest, PlainAnswersNeedNoEmbedding) {
  const SlotReader reader = Reader();
  const auto plain = [&](const char* text, const char* flow, const char* asked) {
    const UtteranceInput input = Input(text, flow, asked);
    return reader.AnswersAsked(ReadMessage(text), input);
  };
  EXPECT_TRUE(plain("48213", "status", "order_id"));
  EXPECT_TRUE(plain("it's 48213", "status", "order_id"));
  EXPECT_TRUE(plain("yes please", "status", "confirm"));
  EXPECT_TRUE(plain("yesterday", "status", "when"));
  EXPECT_FALSE(plain("48213 and I want a refund", "status", "order_id"));
  EXPECT_FALSE(plain("where do I find it", "status", "order_id"));
  EXPECT_FALSE(plain("48213", "status", ""));
  EXPECT_FALSE(plain("", "status", "order_id"));
}

TEST(SlotsTest, BadDeclarationsAreNamed) {
  const auto create = [](std::string type, std::string pattern) {
    return SlotReader::Create({{"f", "s", std::move(type), {}, std::move(pattern)}}).status();
  };
  EXPECT_EQ(create("colour", "").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(create("order_number", "[0-9").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(create("order_number", "[0-9]+").ok());
}

TEST(SlotsTest, AnyBytesAreRead) {
  const SlotReader reader = Reader();
  for (const std::string& text :
       {std::string(), std::string(65536, '4'), std::string(65536, ' '), std::string("\xff\xfe"),
        std::string("😀😀😀"), std::string("٤"), std::string("+"), std::string("("),
        std::string("not"), std::string("the day before"), std::string("- , 1 -"),
        std::string("<EMAIL_"), std::string("@ at dot"), std::string("1,2,3,4,5,6,7,8"),
        std::string("$"), std::string("in ein und"), std::string("مرحبا 48213")}) {
    for (const char* asked : {"", "order_id", "when", "confirm"}) {
      const Extraction e = Read(reader, Input(text, "status", asked), {"return"});
      for (const SlotValue& value : e.slots) EXPECT_LE(value.end, 3 * text.size());
    }
  }
}

TEST(SlotsTest, EvalNamesFileAndLine) {
  const auto missing = RunSlotEval({.test = "/nowhere.jsonl"});
  EXPECT_EQ(missing.status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace frontdesk::understand
