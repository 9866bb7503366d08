#include "dialog/understand/words/language_words.h"

namespace frontdesk::understand {

namespace {

LanguageWords Make() {
  LanguageWords w;
  w.code = "en";
  w.numbers = {{"zero", 0},      {"one", 1},        {"two", 2},       {"three", 3},
               {"four", 4},      {"five", 5},       {"six", 6},       {"seven", 7},
               {"eight", 8},     {"nine", 9},       {"ten", 10},      {"eleven", 11},
               {"twelve", 12},   {"thirteen", 13},  {"fourteen", 14}, {"fifteen", 15},
               {"sixteen", 16},  {"seventeen", 17}, {"eighteen", 18}, {"nineteen", 19},
               {"twenty", 20},   {"thirty", 30},    {"forty", 40},    {"fourty", 40},
               {"fifty", 50},    {"sixty", 60},     {"seventy", 70},  {"eighty", 80},
               {"ninety", 90}};
  w.multipliers = {{"hundred", 100}, {"thousand", 1000}, {"grand", 1000}};
  w.number_and = {"and"};
  w.decimal_point = {"point"};
  w.digit_names = {{"oh", 0}, {"o", 0}, {"nought", 0}, {"nil", 0}};
  w.digit_repeats = {{"double", 2}, {"triple", 3}, {"treble", 3}};
  w.articles_as_one = {"a", "an"};

  w.ordinals = {{"first", 1},   {"frist", 1},   {"second", 2}, {"third", 3},  {"fourth", 4},
                {"fifth", 5},   {"sixth", 6},   {"seventh", 7}, {"eighth", 8}, {"ninth", 9},
                {"tenth", 10},  {"last", -1},   {"final", -1},  {"bottom", -1}, {"top", 1},
                {"middle", 1000}, {"eleventh", 11}, {"twelfth", 12}, {"thirteenth", 13},
                {"fourteenth", 14}, {"fifteenth", 15}, {"sixteenth", 16}, {"seventeenth", 17},
                {"eighteenth", 18}, {"nineteenth", 19}, {"twentieth", 20}, {"thirtieth", 30}};
  w.other_one = {"the other", "other one", "the other one"};
  w.all_of_them = {"all of them", "all of those", "all of these", "every one", "all three", "all"};
  w.both_of_them = {"both", "both of them"};
  w.one_nouns = {"one", "ones", "order", "item", "option", "number", "parcel", "package"};
  w.former = {"the former"};
  w.latter = {"the latter"};
  w.ending_in = {"ending in", "ending with", "ends in", "ends with", "ending", "ends"};
  w.same_order = {"that order",    "this order",    "the same order", "same order",
                  "same one",      "same as before", "my last order", "last order",
                  "my latest order", "latest order", "most recent order", "that one",
                  "the order we talked about", "the one from before", "my previous order"};
  w.number_nouns = {"number", "nr", "id", "ids"};
  w.number_links = {"with", "called", "under", "the", "would be", "is actually", "was"};
  w.order_nouns = {"order", "orders", "oder", "ordr", "purchase", "order number", "order no",
                   "order id", "number", "ordernumber", "parcel", "reference", "ref", "tracking"};

  w.months = {{"january", 1}, {"jan", 1}, {"february", 2}, {"feb", 2}, {"march", 3}, {"mar", 3},
              {"april", 4},   {"apr", 4}, {"may", 5},      {"june", 6}, {"jun", 6},  {"july", 7},
              {"jul", 7},     {"august", 8}, {"aug", 8},   {"september", 9}, {"sept", 9},
              {"sep", 9},     {"october", 10}, {"oct", 10}, {"november", 11}, {"nov", 11},
              {"december", 12}, {"dec", 12}};
  w.weekdays = {{"monday", 1},    {"mon", 1},   {"tuesday", 2}, {"tue", 2},   {"tues", 2},
                {"wednesday", 3}, {"wed", 3},   {"weds", 3},    {"wendsday", 3}, {"wensday", 3},
                {"thursday", 4},  {"thu", 4},   {"thur", 4},    {"thurs", 4}, {"friday", 5},
                {"fri", 5},       {"saturday", 6}, {"sat", 6},  {"sunday", 7}, {"sun", 7}};
  w.day_words = {{"today", 0},      {"tonight", 0},  {"yesterday", -1}, {"yesturday", -1},
                 {"yday", -1},      {"last night", -1}, {"tomorrow", 1}, {"tomorow", 1},
                 {"tmrw", 1},       {"tmr", 1},      {"the day before yesterday", -2},
                 {"day before yesterday", -2}, {"the day after tomorrow", 2},
                 {"day after tomorrow", 2}, {"this morning", 0}, {"this afternoon", 0},
                 {"this evening", 0}};
  w.unit_days = {{"day", 1},    {"days", 1},   {"night", 1},   {"nights", 1}, {"week", 7},
                 {"weeks", 7},  {"wk", 7},     {"wks", 7},     {"month", 30}, {"months", 30},
                 {"year", 365}, {"years", 365}, {"fortnight", 14}, {"fortnights", 14}};
  w.ago_after = {"ago", "back", "earlier"};
  w.in_future = {"in", "within"};
  w.change_words = {"change", "changed", "move", "moved", "switch", "switched", "reschedule", "shift",
                    "postpone", "rebook"};
  w.range_words = {"to", "until", "till", "til", "through", "thru", "to the", "until the", "till the",
                   "through the", "thru the"};
  w.last_words = {"last", "past", "previous"};
  w.counted_from = {"from", "after"};
  w.from_now = {"from now", "from today"};
  w.coming_words = {"coming", "this coming", "upcoming", "the coming"};
  w.next_words = {"next", "following"};
  w.this_words = {"this"};
  w.week_words = {"week"};
  w.day_of = {"of"};
  w.on_day = {"on", "on the", "the", "by", "by the", "since", "until"};
  w.past_hints = {"paid", "ordered", "bought", "placed", "arrived", "came", "received", "delivered",
                  "was", "were", "got", "charged", "purchased", "did", "returned", "since", "sent",
                  "happened", "had", "went", "shipped", "billed", "took"};
  w.future_hints = {"will", "deliver", "next", "by", "until", "tomorrow", "want", "need", "can you",
                    "could you", "would", "reschedule", "move", "schedule", "come", "works",
                    "going", "gonna", "pick up", "collect"};

  w.currencies = {{"euro", "EUR"},   {"euros", "EUR"}, {"eur", "EUR"},     {"dollar", "USD"},
                  {"dollars", "USD"}, {"bucks", "USD"}, {"buck", "USD"},    {"usd", "USD"},
                  {"pound", "GBP"},  {"pounds", "GBP"}, {"quid", "GBP"},    {"gbp", "GBP"},
                  {"francs", "CHF"}, {"chf", "CHF"},   {"yen", "JPY"},      {"jpy", "JPY"},
                  {"rupees", "INR"}, {"inr", "INR"},   {"rs", "INR"},       {"cad", "CAD"},
                  {"aud", "AUD"},    {"zloty", "PLN"}, {"pln", "PLN"},      {"sek", "SEK"},
                  {"nok", "NOK"},    {"dkk", "DKK"},   {"nzd", "NZD"},      {"cents", "¢"},
                  {"cent", "¢"},     {"pence", "¢"},   {"c", "¢"}};
  w.counts = {{"a couple", 2}, {"couple", 2}, {"couple of", 2}, {"a couple of", 2},
              {"a pair", 1},   {"a pair of", 1}, {"pair of", 1}, {"pairs of", 1}, {"a dozen", 12},
              {"dozen", 12},   {"half a dozen", 6}, {"half dozen", 6}, {"a single", 1},
              {"once", 1},     {"twice", 2}};
  w.count_nouns = {"pcs", "pieces", "piece", "items", "units", "unit", "x", "times", "of them",
                   "of those", "of these", "copies", "sets", "packs", "boxes", "pairs"};
  w.money_hints = {"paid", "pay", "charged", "charge", "cost", "costs", "refund", "refunded",
                   "price", "amount", "took", "total", "billed", "debited", "was charged"};
  w.spelled_as = {"as in", "like in", "for", "like"};
  w.card_words = {"card", "visa", "mastercard", "amex"};
  w.measure_words = {"year old", "years old", "percent", "km", "kg", "g", "cm", "mm", "ml", "l",
                     "hours", "hour", "hrs", "minutes", "minute", "mins", "stars", "star", "o'clock",
                     "am", "pm", "mah", "lumens", "lm", "litres", "miles", "people", "person",
                     "times", "degrees", "inch", "inches", "lbs"};
  w.year_hints = {"since", "in", "year", "from", "of"};
  w.size_words = {"size", "sizes", "version", "model", "v", "chapter", "level", "step", "option",
                  "page", "room", "apartment", "apt", "flat", "house"};

  w.yes = {"yes", "yep", "yeah", "yea", "yup", "ya", "yess", "yes please", "sure", "ok", "okay",
           "okey", "k", "alright", "all right", "go ahead", "do it", "please do", "of course",
           "absolutely", "definitely", "correct", "right", "exactly", "that's right",
           "that's correct", "confirm", "confirmed", "i confirm", "sounds good", "perfect",
           "why not", "fine", "good", "great", "go for it", "indeed", "affirmative", "agreed",
           "no problem", "by all means", "make it so", "👍", "👍🏻", "👍🏼", "👍🏽", "✅", "👌", "please go ahead", "works for me",
           "that works", "i do", "it is", "they are", "deal", "yes i do", "proceed", "carry on",
           "go on", "you bet", "aye", "ja", "si"};
  w.no = {"no", "nope", "nah", "no thanks", "no thank you", "not really", "don't", "please don't",
          "don't do that", "do not", "of course not", "certainly not", "never", "not correct",
          "not right", "that's not correct", "that's not right", "that's wrong", "incorrect",
          "wrong", "negative", "yeah no", "not yet", "not now", "no way", "not at all", "👎", "❌",
          "hell no", "i don't", "absolutely not", "definitely not", "rather not", "not that",
          "it isn't", "isn't", "it is not", "it's not", "that is not", "nay", "naw", "stop"};
  w.hedges = {"maybe", "perhaps", "not sure", "what happens if", "if i say", "depends", "later",
              "i don't know", "dunno", "might", "possibly", "let me think", "or so", "ish"};
  w.negators = {"not", "isn't", "wasn't", "never", "no not", "it's not", "it is not", "not the",
                "and not", "rather than", "other than", "except"};
  w.but_rather = {"but", "it's", "rather"};
  w.instead_of = {"instead of", "rather than", "in place of", "not"};
  w.replaced_by = {"should be", "should have been", "but it should be", "becomes", "to"};
  w.self_corrections = {"sorry", "i mean", "i meant", "no actually", "actually", "wait",
                        "scratch that", "correction", "make it", "no make it", "oops", "no wait",
                        "my bad", "let me check", "no", "typo", "rather", "or rather", "hang on",
                        "the right one is", "make that", "instead"};
  w.wrong_words = {"is wrong", "was wrong", "is not right", "isn't right", "was a typo",
                   "is incorrect", "is not it", "is not correct", "wrong"};
  w.fillers = {"uh", "um", "er", "erm", "hmm", "like", "uhm", "eh", "and"};

  w.light_words = {"it's", "its", "it", "is", "the", "my", "please", "pls", "plz", "that's", "this",
                   "one", "number", "order", "would", "be", "was", "for", "of", "a", "an", "i",
                   "think", "on", "said", "says", "yes", "id", "no", "at", "by"};
  w.name_leads = {"my name is", "my name's", "i'm", "i am", "it's", "this is", "name is", "name"};

  w.spoken_at = {"at"};
  w.spoken_dot = {"dot", "point"};
  w.spoken_marks = {{"underscore", "_"}, {"dash", "-"}, {"hyphen", "-"}, {"minus", "-"},
                    {"plus", "+"}, {"dot", "."}, {"point", "."}};

  w.cancel = {"cancel that", "cancel this", "never mind", "nevermind", "forget it", "forget that",
              "stop", "stop it", "abort", "leave it", "drop it", "i changed my mind", "quit",
              "don't bother", "scrap that", "skip it", "no longer want to", "stop this", "cancel it",
              "i don't want this anymore", "nvm", "let's not", "cancel"};
  w.repeat = {"repeat", "repeat that", "say that again", "say again", "come again", "pardon",
              "what did you say", "what was that", "once more", "again please", "one more time",
              "can you repeat", "i didn't catch that", "sorry what", "what was the question"};
  w.back = {"go back", "back", "one step back", "previous step", "previous question", "undo",
            "go to the previous", "step back", "return to the last question", "back up"};
  w.human = {"human", "real person", "agent", "representative", "speak to someone",
             "talk to someone", "speak to a person", "talk to a person", "live person", "operator",
             "a person", "an actual person", "someone real", "customer service", "live chat",
             "speak to somebody", "talk to somebody", "your manager", "a manager", "supervisor",
             "staff member", "not a bot", "speak with someone", "talk with someone", "humans"};
  w.thanks = {"thanks", "thank you", "thx", "ty", "cheers", "much appreciated", "thank u", "tnx",
              "thankyou", "appreciate it", "tysm", "thanks a lot", "many thanks", "ta"};
  w.greeting = {"hi", "hello", "hey", "hiya", "good morning", "good afternoon", "good evening",
                "howdy", "greetings", "hi there", "hello there", "heya", "yo", "morning", "helo"};
  w.bye = {"bye", "goodbye", "good bye", "see you", "see ya", "cya", "bye bye", "take care",
           "have a nice day", "have a good day", "that's all", "that is all", "good night",
           "that will be all", "that'll be all", "that would be all", "all set", "talk later", "ttyl"};
  w.correction = {"i meant", "i mean", "correction", "no actually", "actually", "instead of",
                  "scratch that", "not that one", "that's wrong", "typo", "should be", "my mistake",
                  "i said", "sorry i meant", "that was wrong", "make that", "i misspoke",
                  "no wait", "wait no", "oh wait", "no it is", "no it's", "sorry it is", "sorry it's",
                  "i mispoke", "misspoke", "is wrong", "wrong number", "change it to", "change that to", "rather than"};
  w.dont_know = {"don't know", "dunno", "no idea", "not sure", "don't have it", "don't have the",
                 "can't find it", "can't find the", "don't remember", "i forgot", "no clue",
                 "idk", "where do i find", "lost the", "haven't got it", "i don't have", "unsure",
                 "can't remember", "skip", "skip this", "skip that", "rather not say"};
  w.wait = {"one moment", "one sec", "one second", "just a sec", "just a second", "just a moment",
            "hold on", "hang on", "wait a minute", "give me a minute", "brb", "give me a second",
            "let me check", "let me look", "wait a second", "one minute", "a moment please"};
  w.resume = {"go on", "continue", "carry on", "where were we", "back to my", "back to the",
              "let's continue", "keep going", "resume", "pick up where"};
  w.question_words = {"what", "when", "where", "who", "why", "how", "which", "can you", "can i",
                      "could you", "could i", "do you", "does", "is there", "are there", "is it",
                      "may i", "will you", "would you", "have you", "whats", "wheres", "should i",
                      "do i", "will it", "are you", "is my", "did you", "did my", "has my", "am i"};
  w.swearing = {"fuck", "fucking", "fucked", "fck", "fckn", "wtf", "shit", "shitty", "bullshit",
                "crap", "damn", "bloody", "asshole", "bastard", "bastards", "bitch", "arse",
                "dammit", "goddamn", "piss", "pissed", "bollocks", "screw you", "stfu", "dumbass",
                "fucks sake", "moron", "morons", "idiot", "idiots", "shite", "feck", "feckin"};

  w.sentiment = {{"angry", -3},     {"furious", -5},   {"annoyed", -3},    {"annoying", -3},
                 {"terrible", -4},  {"awful", -4},     {"horrible", -4},   {"worst", -5},
                 {"bad", -2},       {"useless", -4},   {"disappointed", -3}, {"disappointing", -3},
                 {"unacceptable", -4}, {"ridiculous", -4}, {"rubbish", -3}, {"joke", -3},
                 {"disgusting", -4}, {"frustrated", -3}, {"frustrating", -3}, {"scam", -5},
                 {"fraud", -4},     {"thieves", -5},   {"hate", -4},       {"pathetic", -4},
                 {"broken", -1},    {"late", -1},      {"wrong", -1},      {"never", -1},
                 {"unhappy", -3},   {"upset", -3},     {"sick of", -4},    {"fed up", -4},
                 {"waste", -3},     {"poor", -2},      {"slow", -1},       {"lawyer", -3},
                 {"sue", -4},       {"complaint", -2}, {"complain", -2},   {"incompetent", -4},
                 {"disgrace", -5},  {"disgraceful", -5}, {"outrageous", -5}, {"stupid", -3},
                 {"still waiting", -2}, {"not acceptable", -4}, {"lied", -4}, {"lies", -4},
                 {"idiots", -4},    {"fuck", -4},      {"fucking", -3},    {"shit", -3},
                 {"bullshit", -4},  {"wtf", -4},       {"crap", -3},       {"nightmare", -4},
                 {"shambles", -4},  {"appalling", -5}, {"😡", -4},          {"🤬", -5},
                 {"😠", -3},         {"👎", -2},         {"😢", -2},          {"😤", -3},
                 {"good", 2},       {"great", 3},      {"excellent", 4},   {"perfect", 4},
                 {"love", 3},       {"lovely", 3},     {"awesome", 4},     {"amazing", 4},
                 {"happy", 3},      {"pleased", 3},    {"brilliant", 4},   {"fantastic", 4},
                 {"wonderful", 4},  {"helpful", 3},    {"nice", 2},        {"thanks", 1},
                 {"thank you", 1},  {"best", 3},       {"super", 3},       {"cool", 2},
                 {"appreciate", 2}, {"delighted", 5},  {"impressed", 3},   {"quick", 1},
                 {"😊", 3},          {"😍", 4},          {"❤", 3},            {"👍", 2},
                 {"🙏", 1},          {"😀", 3}};
  w.intensifiers = {{"very", 40},     {"really", 40}, {"so", 30},      {"extremely", 80},
                    {"absolutely", 60}, {"totally", 50}, {"completely", 50}, {"too", 20},
                    {"utterly", 80},  {"bloody", 60}, {"fucking", 100}, {"damn", 60},
                    {"incredibly", 70}, {"super", 40}, {"such", 30},   {"a bit", -40},
                    {"slightly", -50}, {"somewhat", -40}, {"a little", -40}, {"kind of", -40}};
  w.clause_joiners = {"and also", "and then", "and", "also", "but", "plus", "by the way", "btw",
                      "oh and", "as well as", "additionally", "besides", "another thing", "then",
                      "one more thing"};
  w.statement_leads = {"i",     "im",    "ive",   "id",    "my",      "mine",  "the",   "its",
                       "it",    "we",    "weve",  "were",  "our",     "you",   "youve", "your",
                       "this",  "that",  "thats", "these", "those",   "they",  "theyre", "there",
                       "theres", "he",   "she",   "his",   "her",     "one of", "some of", "a",
                       "an",    "so i",  "so we",  "so my",  "well i", "well we", "both",  "two of", "somebody", "someone", "nobody", "nothing"};
  w.wish_words = {"want",      "wanna",     "want to",  "would like", "id like",   "would love",
                  "id love",   "need",      "please",   "pls",        "plz",       "can",
                  "could",     "may",       "looking for", "look for", "wish",     "hoping",
                  "trying to", "tell me",   "help",     "wondering",  "interested in", "prefer",
                  "shall",     "should",    "claim",    "request"};
  w.back_pointers = {"it", "that", "this", "they", "them", "those", "these"};
  w.courtesy = {
      {"hope", 2}, {"hoping", 2}, {"wondering", 2}, {"wonder", 2}, {"grateful", 2},
      {"thankful", 2}, {"thank", 2}, {"thanking", 2}, {"appreciate", 2}, {"appreciated", 2},
      {"appreciative", 2}, {"obliged", 2}, {"indebted", 2}, {"sorry", 2}, {"apologies", 2},
      {"apologise", 2}, {"apologize", 2}, {"pardon", 2}, {"forgive", 2}, {"excuse me", 2},
      {"excuse my", 2}, {"bother you", 2}, {"bothering you", 2}, {"a bother", 2},
      {"trouble you", 2}, {"troubling you", 2}, {"too much trouble", 2}, {"no trouble", 2},
      {"disturb", 2}, {"disturbing", 2}, {"interrupt", 2}, {"interrupting", 2}, {"regards", 2},
      {"wishes", 2}, {"sincerely", 2}, {"faithfully", 2}, {"yours truly", 2}, {"cheers", 2},
      {"you mind", 2}, {"don't mind", 2}, {"wouldn't mind", 2}, {"so kind", 2},
      {"kind enough", 2}, {"good enough", 2}, {"very kind", 2}, {"dear", 2}, {"sir", 2},
      {"madam", 2}, {"sir or madam", 2}, {"to whom it may concern", 2}, {"in advance", 2},
      {"beforehand", 2}, {"nice day", 2}, {"good day", 2}, {"great day", 2}, {"lovely day", 2},
      {"nice weekend", 2}, {"good weekend", 2}, {"lovely weekend", 2}, {"nice evening", 2},
      {"look forward", 2}, {"looking forward", 2}, {"a question", 2}, {"one question", 2},
      {"quick question", 2}, {"small question", 2}, {"little question", 2}, {"be great if", 2},
      {"be lovely if", 2}, {"be wonderful if", 2}, {"be nice if", 2}, {"how are you", 2},
      {"hows it going", 2}, {"how do you do", 2}, {"no hurry", 2}, {"take care", 2},
      {"all the best", 2}, {"warmly", 2}, {"respectfully", 2}, {"blessings", 2},
      {"pleasure", 2}, {"may i ask", 2}, {"might i ask", 2}, {"can i ask", 2}, {"could i ask", 2},
      {"favour", 2}, {"favor", 2}, {"finds you", 2}, {"reaches you", 2},
      {"please", 1}, {"pls", 1}, {"plz", 1}, {"kindly", 1}, {"kind", 1}, {"kindness", 1},
      {"possibly", 1}, {"perhaps", 1}, {"maybe", 1}, {"possible", 1}, {"able", 1}, {"help", 1},
      {"helping", 1}, {"assist", 1}, {"assistance", 1}, {"assisting", 1}, {"guidance", 1},
      {"advice", 1}, {"tell me", 1}, {"let me know", 1}, {"explain", 1}, {"advise", 1},
      {"clarify", 1}, {"inform", 1}, {"ask", 1}, {"asking", 1}, {"know", 1}, {"say", 1},
      {"well", 1}, {"fine", 1}, {"good", 1}, {"great", 1}, {"nice", 1}, {"lovely", 1},
      {"wonderful", 1}, {"pleasant", 1}, {"best", 1}, {"happy", 1}, {"glad", 1}, {"day", 1},
      {"morning", 1}, {"afternoon", 1}, {"evening", 1}, {"weekend", 1}, {"week", 1},
      {"today", 1}, {"doing", 1}, {"going", 1}, {"everything", 1}, {"everyone", 1},
      {"everybody", 1}, {"team", 1}, {"folks", 1}, {"friend", 1}, {"colleagues", 1}, {"time", 1},
      {"patience", 1}, {"understanding", 1}, {"support", 1}, {"attention", 1},
      {"consideration", 1}, {"effort", 1}, {"efforts", 1}, {"response", 1}, {"reply", 1},
      {"answer", 1}, {"answers", 1}, {"message", 1}, {"email", 1}, {"note", 1}, {"reading", 1},
      {"writing", 1}, {"hear", 1}, {"hearing", 1}, {"soon", 1}, {"question", 1}, {"quick", 1},
      {"quickly", 1}, {"small", 1}, {"little", 1}, {"bit", 1}, {"moment", 1}, {"minute", 1},
      {"second", 1}, {"taking", 1}, {"warm", 1}, {"warmest", 1}, {"kindest", 1}, {"sincere", 1},
      {"humble", 1}, {"humbly", 1}, {"many", 1}, {"lot", 1}, {"lots", 1}, {"million", 1},
      {"truly", 1}, {"greatly", 1}, {"deeply", 1}, {"extremely", 1}, {"terribly", 1},
      {"awfully", 1}, {"simply", 1}, {"busy", 1}, {"safe", 1}, {"health", 1}, {"having", 1},
      {"yours", 1}, {"i'd like", 1}, {"would like", 1}, {"could you", 1}, {"can you", 1},
      {"would you", 1}, {"will you", 1}, {"you could", 1}, {"you can", 1}, {"you would", 1},
      {"someone could", 1}, {"somebody could", 1}, {"anyone could", 1}, {"someone can", 1},
      {"somebody can", 1}, {"someone", 1}, {"somebody", 1}, {"anyone", 1}, {"whoever", 1},
      {"if", 1}, {"whether", 1}, {"but", 1}, {"to", 1}, {"inconvenience", 1}, {"early", 1}};
  w.courtesy_glue = {"i", "im", "i'm", "i've", "i'd", "i'll", "you", "your", "we", "our", "us",
                     "me", "my", "it", "it's", "its", "this", "that", "these", "there", "a", "an",
                     "the", "is", "are", "am", "be", "been", "was", "were", "would", "could",
                     "can", "may", "might", "must", "will", "shall", "should", "do", "does", "did",
                     "don't", "not", "no", "have", "has", "had", "get", "so", "very", "really",
                     "too", "much", "ever", "such", "as", "at", "in", "on", "of", "for", "from",
                     "with", "by", "and", "or", "any", "some", "all", "just", "only", "also",
                     "always", "already", "again", "here", "wish", "into", "out", "about", "up"};
  w.speaking_here = {"here", "speaking", "on the line", "writing"};
  return w;
}

}  // namespace

const LanguageWords& English() {
  static const LanguageWords& words = *new LanguageWords(Make());
  return words;
}

}  // namespace frontdesk::understand
