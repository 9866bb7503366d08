// The event codec: one spelling per event, both ways, and refusal of everything else.
#include "dialog/events.h"

#include <gtest/gtest.h>

namespace frontdesk::dialog {
namespace {

template <size_t I = 0>
void RoundTripAll(int& count) {
  if constexpr (I < std::variant_size_v<Event>) {
    Event event = std::variant_alternative_t<I, Event>{};
    EncodedEvent encoded = EncodeEvent(event);
    absl::StatusOr<Event> back = DecodeEvent(encoded.kind, encoded.body);
    ASSERT_TRUE(back.ok()) << encoded.kind << " " << back.status();
    EXPECT_EQ(back->index(), I) << encoded.kind << " is the kind of two events";
    EXPECT_EQ(EncodeEvent(*back), encoded);
    RoundTripAll<I + 1>(++count);
  }
}

TEST(Events, EveryKindRoundTrips) {
  int count = 0;
  RoundTripAll(count);
  EXPECT_EQ(count, static_cast<int>(std::variant_size_v<Event>));
}

TEST(Events, CanonicalSpelling) {
  Said said{"Hällo \"you\"\n",
            "template",
            "greeting",
            2,
            {{"aa", "doc.md", "Doc", {"A", "B"}, "", 3, 9}}};
  EXPECT_EQ(
      EncodeEvent(said).body,
      R"({"citations":[{"begin":3,"document":"doc.md","end":9,"headings":["A","B"],"passage":"aa","title":"Doc","url":""}],)"
      R"("path":"template","source":"greeting","text":"Hällo \"you\"\n","variant":2})");
}

TEST(Events, RefusesOtherSpellings) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"instance": 3})", "canonical"},
      {R"({"instance":3,"more":1})", "does not know"},
      {R"({})", "\"instance\" is missing"},
      {R"({"instance":"3"})", "is not an integer"},
      {R"({"instance":3.0})", "is not an integer"},
      {R"([3])", "is not an object"},
      {R"({"instance":3)", "not JSON"},
      {R"({"instance":3,"instance":3})", "canonical"},
      {"", "not JSON"},
  };
  for (const auto& [body, words] : cases) {
    absl::StatusOr<Event> event = DecodeEvent("flow.suspended", body);
    ASSERT_FALSE(event.ok()) << body;
    EXPECT_NE(std::string(event.status().message()).find(words), std::string::npos)
        << body << ": " << event.status();
  }
  EXPECT_FALSE(DecodeEvent("flow.unheard_of", "{}").ok());
}

TEST(Events, CleansWhatComesFromOutside) {
  nlohmann::json json = {
      {"price", 12.5}, {"tenth", 0.1}, {"n", 3}, {"deep", {{"x", 1e300}}}, {"bad", "a\xff"}};
  nlohmann::json clean = CanonicalJson(json);
  EXPECT_EQ(clean["price"], "12.5");
  EXPECT_EQ(clean["tenth"], "0.1");
  EXPECT_EQ(clean["n"], 3);
  EXPECT_EQ(clean["bad"], "a\xEF\xBF\xBD");
  nlohmann::json nested = 1;
  for (int i = 0; i < 100; ++i) nested = nlohmann::json::array({nested});
  EXPECT_LT(CanonicalText(CanonicalJson(nested)).size(), 80u);
}

}  // namespace
}  // namespace frontdesk::dialog
