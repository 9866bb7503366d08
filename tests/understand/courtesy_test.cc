// Politeness around a wish: what is left of messages that people write.

#include "dialog/understand/courtesy.h"

#include <string>
#include <vector>

#include "dialog/understand/clauses.h"
#include "gtest/gtest.h"

namespace frontdesk::understand {
namespace {

std::string CoreOf(const std::string& text) {
  const Message message = ReadMessage(text);
  return Core(message, FindCourtesies(message));
}

TEST(CourtesyTest, TheWishIsLeft) {
  const struct {
    const char* name;
    const char* text;
    const char* core;
  } cases[] = {
      {"sentences around it",
       "Good afternoon, I hope you are having a lovely day. My lamp is broken. Many thanks in advance!",
       "My lamp is broken."},
      {"a lead in its own sentence", "I was wondering if you could tell me when my parcel arrives",
       "when my parcel arrives"},
      {"but", "Sorry to bother you but the zip of my tent is torn", "the zip of my tent is torn"},
      {"a tail", "where is my parcel, thank you very much for your help", "where is my parcel,"},
      {"a tail without a comma", "cancel my order 48213 thanks a lot", "cancel my order 48213"},
      {"another order of the words",
       "I would be so grateful if somebody could possibly let me know how returns work",
       "how returns work"},
      {"a name", "Hello, my name is <PERSON_1>. I want to return the boots", "I want to return the boots"},
      {"a name at the end of a line", "<PERSON_1> here, the stove leaks gas", "the stove leaks gas"},
      {"a letter", "Dear Sir or Madam, my bill is wrong. Kind regards, <PERSON_1>", "my bill is wrong."},
      {"values handed over", "pause my membership, order 48020, my email is <EMAIL_1>", "pause my membership,"},
      {"a value first", "<EMAIL_1>, where is my parcel", "where is my parcel"},
      {"German", "Guten Tag, ich hoffe, es geht Ihnen gut. Wo bleibt mein Paket? Vielen Dank im Voraus!",
       "Wo bleibt mein Paket?"},
      {"German lead", "Entschuldigen Sie die Störung, könnten Sie mir sagen, wann ihr öffnet",
       "wann ihr öffnet"},
  };
  for (const auto& c : cases) EXPECT_EQ(CoreOf(c.text), c.core) << c.name;
}

TEST(CourtesyTest, WhatIsSaidForItsOwnSakeStays) {
  for (const char* text :
       {"thanks for your help", "hello", "I am so sorry", "great, thank you so much", "how are you today",
        "my name is <PERSON_1>", "", "?!", "danke schön", "hi Pip", "<PERSON_1>",
        "order 48213, <EMAIL_1>", "it is 48213", "where is 48213", "change my email to <EMAIL_1>"}) {
    EXPECT_EQ(CoreOf(text), text);
  }
}

TEST(CourtesyTest, WishesWithoutCourtesyStayByteForByte) {
  for (const char* text : {"where  is my order?", "can you please cancel order 48213", "I need help with my bill",
                           "is it possible to change the address", "what time do you open today"}) {
    EXPECT_EQ(CoreOf(text), text);
  }
}

TEST(CourtesyTest, ACourteousClauseIsNoWish) {
  const Message message = ReadMessage(
      "I hope you are well and I am sorry to trouble you. Where is my parcel and can I change my address?");
  size_t wishes = 0;
  for (const Clause& clause : SplitClauses(message, FindCourtesies(message))) wishes += clause.wish;
  EXPECT_EQ(wishes, 2u);
}

}  // namespace
}  // namespace frontdesk::understand
