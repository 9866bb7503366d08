// What customers say after, beside and instead of an answer: corrections of two values or of what
// has just ended, no answer at all, a question, thanks, swearing, a wall of text.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/dialog/small_shop.h"

namespace frontdesk::dialog {
namespace {

bool Has(const std::string& text, const char* words) {
  return text.find(words) != std::string::npos;
}
// Rule of the last decision.
std::string Why(const Chat& chat) {
  std::string rule;
  for (const Event& event : chat.Events()) {
    if (const Decided* decided = std::get_if<Decided>(&event)) rule = decided->reason.rule;
  }
  return rule;
}

#define EXPECT_SAYS(chat, words, text)                                                  \
  do {                                                                                  \
    const std::string said = (chat).Say(text);                                          \
    EXPECT_TRUE(Has(said, words)) << "said: " << said << "\nby the rule " << Why(chat); \
    EXPECT_TRUE((chat).last.ok()) << (chat).last;                                       \
  } while (false)

void UpToConfirmation(Chat& chat) {
  chat.world.any_order_is_anns = true;
  chat.Say("I want to return something");
  chat.Say("48213");
  chat.Say("ann@shop.example");
  EXPECT_SAYS(chat, "Return order 48213 because of damaged?", "it is broken");
}

TEST(Afterthought, OneMessageCorrectsTwoValues) {
  Chat chat;
  UpToConfirmation(chat);
  const std::string said = chat.Say("sorry, I meant order 48999 and it is too small");
  EXPECT_TRUE(Has(said, "48999 and wrong size")) << said;
  ASSERT_NE(chat.state().front(), nullptr) << said;
  EXPECT_EQ(chat.state().front()->slots.at("order_id").value, "48999");
  EXPECT_EQ(chat.state().front()->slots.at("reason").value, "wrong_size");
  EXPECT_EQ(chat.world.CallsOf("returns.create"), 0);
}

TEST(Afterthought, WhatIsDoneIsNotCorrected) {
  Chat chat;
  UpToConfirmation(chat);
  EXPECT_SAYS(chat, "Return R1 is open.", "yes");
  EXPECT_SAYS(chat, "already been done", "sorry, I meant it was too small");
  EXPECT_EQ(chat.world.CallsOf("returns.create"), 1);
  EXPECT_TRUE(chat.state().handoff_offered);
}

TEST(Afterthought, WhatEndedWithoutAChangeIsDoneAgain) {
  Chat chat;
  chat.world.any_order_is_anns = true;
  chat.Say("where is my order 48213");
  EXPECT_SAYS(chat, "Order 48213 is", "ann@shop.example");
  EXPECT_SAYS(chat, "Order 48999 is", "where is my order 48999, I meant");
  EXPECT_EQ(Why(chat), "slot.again");
  EXPECT_EQ(chat.state().finished.back().slots.at("order_id").value, "48999");
}

TEST(OwnWords, NotKnowingIsNoText) {
  Chat chat;
  EXPECT_SAYS(chat, "What would you like to tell us?", "I want to leave feedback");
  EXPECT_SAYS(chat, "What would you like to tell us?", "no idea");
  EXPECT_FALSE(chat.state().front()->slots.contains("words"));
}

TEST(OwnWords, AQuestionIsAnsweredAndTheOpenOnePutAgain) {
  Chat chat;
  chat.Say("I want to leave feedback");
  EXPECT_SAYS(chat, "What would you like to tell us?", "how much is shipping?");
  EXPECT_FALSE(chat.state().front()->slots.contains("words"));
  EXPECT_SAYS(chat, "How many stars", "Do not iron the jackets, they melt");
}

TEST(OnlyAsked, AValueCountsOnlyAsTheAnswerToItsQuestion) {
  std::map<std::string, std::string> files = SmallShopFiles();
  std::string& feedback = files.at("flows/feedback.yaml");
  const size_t at = feedback.find("type: quantity,");
  ASSERT_NE(at, std::string::npos);
  feedback.insert(at, "only_asked: true, ");
  absl::StatusOr<Bundle> bundle = LoadBundleFiles(files);
  ASSERT_TRUE(bundle.ok()) << bundle.status();
  bundle->policy.thresholds = Shop().bundle.policy.thresholds;
  const TurnParts parts{*bundle, Shop().understander};
  MemoryEffects::World world = UsualWorld();
  Conversation conversation;
  conversation.id = storage::ConversationId("c");
  const auto say = [&](const char* text) {
    MemoryEffects effects(world);
    ASSERT_TRUE(RunTurn(conversation, {text, "", world.now}, parts, effects).ok());
  };
  say("I want to leave feedback, 5 stars");
  ASSERT_NE(conversation.state.front(), nullptr);
  EXPECT_FALSE(conversation.state.front()->slots.contains("stars"));
  say("lovely tents");
  say("4");
  EXPECT_EQ(conversation.state.front()->slots.at("stars").value, 4);
}

// Each of these, at each question of a flow, ends in a reply, writes nothing and loses nothing.
TEST(WhatACustomerDoesNext, NeverWritesNorLosesAValue) {
  std::string wall;
  while (wall.size() < (64u << 10)) wall += "and then the courier said that he had been here twice ";
  const std::string odd[] = {"why do you need that?", "thank you so much",   "this is fucking ridiculous",
                             wall,                    "😡😡😡",              "شكرا جزيلا لكم",
                             "\u202Eesrever\u202C",   "?",                   "\xff\xfe\xfa"};
  for (const std::string& message : odd) {
    for (int answered = 0; answered < 4; ++answered) {
      Chat chat;
      chat.world.any_order_is_anns = true;
      const char* answers[] = {"I want to return something", "48213", "ann@shop.example", "it is broken"};
      for (int i = 0; i <= answered; ++i) chat.Say(answers[i]);
      const FlowInstance before = *chat.state().front();
      const std::string said = chat.Say(message);
      EXPECT_TRUE(chat.last.ok()) << chat.last;
      EXPECT_FALSE(said.empty()) << message.substr(0, 40);
      EXPECT_EQ(chat.world.CallsOf("returns.create"), 0) << message.substr(0, 40);
      const auto& stack = chat.state().stack;
      const auto same = std::find_if(stack.begin(), stack.end(), [&](const FlowInstance& instance) {
        return instance.instance == before.instance;
      });
      if (same == stack.end()) continue;  // a human takes over with all of it
      for (const auto& [name, slot] : before.slots) {
        const auto now = same->slots.find(name);
        ASSERT_NE(now, same->slots.end()) << name << " after " << message.substr(0, 40);
        EXPECT_EQ(now->second.value, slot.value) << name << " after " << message.substr(0, 40);
      }
    }
  }
}

}  // namespace
}  // namespace frontdesk::dialog
