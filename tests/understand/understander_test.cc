#include "dialog/understand/understander.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/understand/small_set.h"

namespace frontdesk::understand {
namespace {

Understander::Trained TrainSmall(int threads = 2, const FeatureFn& features = HashFeatures) {
  auto trained = Understander::Train(SmallSet(), features, {.threads = threads, .folds = 3});
  EXPECT_TRUE(trained.ok()) << trained.status();
  return *std::move(trained);
}

const Understander& Shared() {
  static const Understander& shared = *new Understander(std::move(TrainSmall().understander));
  return shared;
}

Understanding Hear(const Understander& understander, UtteranceInput input, bool read = true) {
  if (input.today == absl::CivilDay()) input.today = absl::CivilDay(2026, 5, 20);
  if (read) input.features = *HashFeatures(understander.TextsToEmbed(input));
  auto u = understander.Understand(input);
  EXPECT_TRUE(u.ok()) << u.status();
  return *std::move(u);
}

TEST(UnderstanderTest, FindsIntentAndSlots) {
  const Understanding u = Hear(Shared(), {.text = "where is my order 48213"});
  ASSERT_EQ(u.detected.size(), 1u);
  EXPECT_EQ(u.detected[0].intent, "order_status");
  ASSERT_EQ(u.slots.size(), 1u);
  EXPECT_EQ(u.slots[0].flow, "order_status");
  EXPECT_EQ(u.slots[0].value, "48213");
  EXPECT_EQ(u.language, "en");
  EXPECT_FALSE(u.lexical_only);
}

TEST(UnderstanderTest, SeveralWishesInOneMessage) {
  const Understanding u =
      Hear(Shared(), {.text = "hi! where is my order and what are your opening hours?"});
  ASSERT_EQ(u.detected.size(), 2u);
  EXPECT_EQ(u.detected[0].intent, "order_status");
  EXPECT_EQ(u.detected[1].intent, "opening_hours");
  EXPECT_LT(u.detected[0].end, u.detected[1].end);
  EXPECT_TRUE(u.Has(cue::kGreeting));
}

TEST(UnderstanderTest, OneWishAmongPleasantriesIsTheMessage) {
  const char* pleasantry = "I have been a loyal customer for many years";  // one that is learnt from
  const Understanding alone = Hear(Shared(), {.text = "change my address"});
  const Understanding among =
      Hear(Shared(), {.text = std::string(pleasantry) + "; change my address; " + pleasantry});
  ASSERT_EQ(among.detected.size(), 1u);
  EXPECT_EQ(among.intents[0].intent, "change_address");
  EXPECT_NEAR(among.intents[0].p, alone.intents[0].p, kCertain / 20);
  EXPECT_EQ(Hear(Shared(), {.text = pleasantry}).detected.size(), 1u);  // alone it is read itself
}

TEST(UnderstanderTest, CourtesyChangesNoReading) {
  const Understanding plain = Hear(Shared(), {.text = "track my parcel"});
  const Understanding polite = Hear(
      Shared(), {.text = "Good morning, I hope you are well. track my parcel, many thanks in advance"});
  EXPECT_EQ(polite.intents[0].intent, plain.intents[0].intent);
  EXPECT_NEAR(polite.intents[0].p, plain.intents[0].p, kCertain / 20);
  EXPECT_TRUE(polite.Has(cue::kThanks));
  EXPECT_TRUE(polite.Has(cue::kGreeting));
}

TEST(UnderstanderTest, ProbabilitiesAddUpAndAreSorted) {
  const Understanding u = Hear(Shared(), {.text = "i want to return my order"});
  int64_t sum = 0;
  for (size_t i = 0; i < u.intents.size(); ++i) {
    sum += u.intents[i].p;
    if (i > 0) {
      EXPECT_LE(u.intents[i].p, u.intents[i - 1].p);
    }
  }
  EXPECT_NEAR(sum, kCertain, 10);
}

TEST(UnderstanderTest, OutOfScopeScoresHigherThanInScope) {
  const Understanding outside = Hear(Shared(), {.text = "tell me a poem about the capital of peru"});
  const Understanding inside = Hear(Shared(), {.text = "where is my parcel"});
  EXPECT_GT(outside.out_of_scope_p, inside.out_of_scope_p);
}

TEST(UnderstanderTest, WithoutFeaturesItIsDegradedAndWorks) {
  const Understanding u = Hear(Shared(), {.text = "where is my parcel now"}, false);
  EXPECT_TRUE(u.lexical_only);
  ASSERT_FALSE(u.detected.empty());
  EXPECT_EQ(u.intents[0].intent, "order_status");
  const Understander::Trained lexical = TrainSmall(1, nullptr);
  EXPECT_TRUE(lexical.understander.TextsToEmbed({.text = "where is my parcel"}).empty());
  EXPECT_EQ(Hear(lexical.understander, {.text = "where is my parcel now"}).intents[0].intent,
            "order_status");
}

TEST(UnderstanderTest, SameBytesForAnyNumberOfThreads) {
  const std::string one = TrainSmall(1).understander.Save();
  EXPECT_EQ(one, TrainSmall(2).understander.Save());
  EXPECT_EQ(one, TrainSmall(5).understander.Save());
}

TEST(UnderstanderTest, LoadedUnderstandsTheSame) {
  const std::string bytes = Shared().Save();
  const auto loaded = Understander::Load(bytes);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->Save(), bytes);
  for (const char* text : {"where is 48213", "my boots are torn, send back", "wo ist meine Bestellung"}) {
    EXPECT_EQ(Hear(Shared(), {.text = text}), Hear(*loaded, {.text = text})) << text;
  }
}

TEST(UnderstanderTest, DamagedBytesAreDataLoss) {
  const std::string bytes = Shared().Save();
  for (size_t size : {size_t{0}, size_t{7}, size_t{19}, bytes.size() / 2, bytes.size() - 1}) {
    EXPECT_EQ(Understander::Load(bytes.substr(0, size)).status().code(), absl::StatusCode::kDataLoss)
        << size;
  }
  for (size_t at : {size_t{0}, size_t{30}, bytes.size() / 2, bytes.size() - 1}) {
    std::string flipped = bytes;
    flipped[at] ^= 1;
    EXPECT_EQ(Understander::Load(flipped).status().code(), absl::StatusCode::kDataLoss) << at;
  }
  std::string newer = bytes;
  newer[8] = 99;
  EXPECT_EQ(Understander::Load(newer).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST(UnderstanderTest, PlainAnswersNeedNoFeatures) {
  UtteranceInput input{.text = "it's 48213", .flow = "order_status", .asked = "order_id"};
  EXPECT_TRUE(Shared().TextsToEmbed(input).empty());
  const Understanding u = Hear(Shared(), input);
  EXPECT_FALSE(u.lexical_only);
  ASSERT_EQ(u.slots.size(), 1u);
  EXPECT_EQ(u.slots[0].value, "48213");
}

TEST(UnderstanderTest, YesNoAndCorrection) {
  Understanding u = Hear(Shared(), {.text = "no, it's 48231",
                                    .flow = "order_status",
                                    .asked = "confirm",
                                    .filled = {{"order_id", "48213"}}});
  EXPECT_EQ(u.affirmation, false);
  ASSERT_EQ(u.slots.size(), 1u);
  EXPECT_EQ(u.slots[0].value, "48231");
  ASSERT_EQ(u.rejected.size(), 1u);
  EXPECT_EQ(u.rejected[0].value, "48213");
  u = Hear(Shared(), {.text = "maybe", .asked = "confirm"});
  EXPECT_FALSE(u.affirmation.has_value());
}

TEST(UnderstanderTest, AnyBytesAreUnderstood) {
  for (const std::string& text :
       {std::string(), std::string("x"), std::string(" "), std::string("?"), std::string("😀😡"),
        std::string("\xff\xfe\xfd"), std::string(65536, 'a'), std::string(65536, '?'),
        std::string("مرحبا أين طلبي"), std::string("\u202eabc"), std::string(3, '\0')}) {
    const Understanding u = Hear(Shared(), {.text = text});
    for (const IntentScore& score : u.intents) {
      EXPECT_GE(score.p, 0);
      EXPECT_LE(score.p, kCertain);
    }
  }
  EXPECT_EQ(Hear(Shared(), {.text = ""}).out_of_scope_p, kCertain);
  EXPECT_TRUE(Hear(Shared(), {.text = "😀"}).detected.size() <= 1);
}

TEST(UnderstanderTest, WrongFeaturesAreRefused) {
  UtteranceInput input{.text = "where is my order"};
  input.features = {std::vector<float>(3, 0.0f)};
  EXPECT_EQ(Shared().Understand(input).status().code(), absl::StatusCode::kInvalidArgument);
  input.features.assign(9, std::vector<float>(128, 0.0f));
  EXPECT_EQ(Shared().Understand(input).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(TrainTest, BadSetsAreNamed) {
  const auto status = [](TrainingSet set) {
    return Understander::Train(set, nullptr, {}).status();
  };
  EXPECT_EQ(status({}).code(), absl::StatusCode::kInvalidArgument);
  TrainingSet twice = SmallSet();
  twice.intents[1].name = twice.intents[0].name;
  EXPECT_EQ(status(twice).code(), absl::StatusCode::kInvalidArgument);
  TrainingSet poor = SmallSet();
  poor.intents[2].examples.resize(1);
  EXPECT_THAT(std::string(status(poor).message()), ::testing::HasSubstr("change_address"));
}

TEST(TrainTest, ReportIsTheSameForAnyNumberOfThreadsAndRaisesTheBarForFewerErrors) {
  const Understander::Trained one = TrainSmall(1), four = TrainSmall(4);
  EXPECT_EQ(one.report.ToJson().dump(), four.report.ToJson().dump());
  EXPECT_EQ(one.report.ToText(), four.report.ToText());
  ASSERT_EQ(one.report.choices.size(), 4u);
  for (size_t i = 1; i < one.report.choices.size(); ++i) {
    EXPECT_LE(one.report.choices[i].answer, one.report.choices[i - 1].answer);
    EXPECT_GE(one.report.choices[i].answered, one.report.choices[i - 1].answered);
  }
}

TEST(TrainTest, ReportNamesWhatContradicts) {
  TrainingSet set = SmallSet();
  set.intents[3].examples.push_back("Where is my order");  // also an example of order_status
  const auto trained = Understander::Train(set, HashFeatures, {.folds = 3});
  ASSERT_TRUE(trained.ok());
  const TrainingReport& report = trained->report;
  EXPECT_GT(report.accuracy, 0.6);
  EXPECT_EQ(report.intents.size(), 4u);
  ASSERT_FALSE(report.suspects.empty());
  EXPECT_TRUE(report.suspects[0].same_words);
  EXPECT_GE(report.thresholds.answer, report.thresholds.clarify);
  EXPECT_THAT(report.ToText(), ::testing::HasSubstr("order_status"));
  EXPECT_TRUE(report.ToJson().contains("confused"));
}

TEST(TrainTest, PlainEmbeddingsAreNoFeatures) {
  const auto status = [](size_t size, float value) {
    const FeatureFn embeddings = [=](std::span<const std::string> texts) {
      return absl::StatusOr<std::vector<std::vector<float>>>(
          std::vector(texts.size(), std::vector<float>(size, value)));
    };
    return Understander::Train(SmallSet(), embeddings, {}).status().code();
  };
  EXPECT_EQ(status(64, 0.125f), absl::StatusCode::kInvalidArgument);  // of length one as a whole
  EXPECT_EQ(status(33, 0.25f), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status(0, 0.0f), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status(32, 0.25f), absl::StatusCode::kOk);
}

TEST(TrainTest, EncoderErrorsAreReturned) {
  const FeatureFn broken = [](std::span<const std::string>)
      -> absl::StatusOr<std::vector<std::vector<float>>> {
    return absl::UnavailableError("encoder is down");
  };
  EXPECT_EQ(Understander::Train(SmallSet(), broken, {}).status().code(),
            absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace frontdesk::understand
