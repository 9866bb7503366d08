#include "dialog/understand/words/language_words.h"

#include <string>
#include <utility>
#include <vector>

namespace frontdesk::understand {

namespace {

// A weekday and a part of the day in one word: "Montagabend".
std::vector<std::pair<std::string, int>> DaysWithParts(const std::vector<WordValue>& weekdays) {
  std::vector<std::pair<std::string, int>> joined;
  for (const WordValue& day : weekdays) {
    for (const char* part : {"morgen", "vormittag", "mittag", "nachmittag", "abend", "nacht"}) {
      joined.emplace_back(std::string(day.phrase) + part, day.value);
    }
  }
  return joined;
}

LanguageWords Make() {
  LanguageWords w;
  w.code = "de";
  w.numbers = {{"null", 0},     {"eins", 1},      {"ein", 1},       {"eine", 1},     {"einen", 1},
               {"zwei", 2},     {"zwo", 2},       {"drei", 3},      {"vier", 4},     {"fünf", 5},
               {"sechs", 6},    {"sieben", 7},    {"acht", 8},      {"neun", 9},     {"zehn", 10},
               {"elf", 11},     {"zwölf", 12},    {"dreizehn", 13}, {"vierzehn", 14},
               {"fünfzehn", 15}, {"sechzehn", 16}, {"siebzehn", 17}, {"achtzehn", 18},
               {"neunzehn", 19}, {"zwanzig", 20}, {"dreißig", 30},  {"vierzig", 40},
               {"fünfzig", 50}, {"sechzig", 60},  {"siebzig", 70},  {"achtzig", 80},
               {"neunzig", 90}};
  w.multipliers = {{"hundert", 100}, {"tausend", 1000}};
  w.joiner = "und";
  w.number_and = {"und"};
  w.decimal_point = {"komma"};
  w.digit_repeats = {{"doppel", 2}, {"zweimal die", 2}, {"dreimal die", 3}};
  w.articles_as_one = {"einem", "einer", "einen"};

  w.ordinals = {{"erste", 1},   {"ersten", 1},   {"erster", 1},   {"erstes", 1},  {"zweite", 2},
                {"zweiten", 2}, {"zweites", 2},  {"dritte", 3},   {"dritten", 3}, {"drittes", 3},
                {"vierte", 4},  {"vierten", 4},  {"fünfte", 5},   {"fünften", 5}, {"sechste", 6},
                {"sechsten", 6}, {"siebte", 7},  {"siebten", 7},  {"achte", 8},   {"achten", 8},
                {"neunte", 9},  {"neunten", 9},  {"zehnte", 10},  {"zehnten", 10},
                {"elfte", 11},  {"elften", 11},  {"zwölfte", 12}, {"zwölften", 12},
                {"letzte", -1}, {"letzten", -1}, {"letztes", -1}, {"vorletzte", -2},
                {"vorletzten", -2}, {"mittlere", 1000}, {"mittleren", 1000}, {"oberste", 1},
                {"unterste", -1}, {"zwanzigsten", 20}, {"dreißigsten", 30}};
  w.other_one = {"die andere", "der andere", "das andere", "die anderen", "den anderen"};
  w.all_of_them = {"alle", "alle davon", "alle drei"};
  w.both_of_them = {"beide", "beides", "alle beide"};
  w.one_nouns = {"bestellung", "option", "nummer", "artikel", "paket"};
  w.former = {"erstere", "ersteres"};
  w.latter = {"letztere", "letzteres"};
  w.ending_in = {"endet auf", "die auf", "mit endung", "endend auf", "endet mit"};
  w.same_order = {"diese bestellung", "dieser bestellung", "die gleiche bestellung",
                  "dieselbe bestellung", "meine letzte bestellung", "meiner letzten bestellung",
                  "letzte bestellung", "die gleiche", "dieselbe", "wie vorhin"};
  w.number_nouns = {"nummer", "nr", "id"};
  w.number_links = {"mit", "mit der", "ist", "war"};
  w.order_nouns = {"bestellung", "bestellungen", "bestellnummer", "auftrag", "auftragsnummer",
                   "nummer", "nr", "paket", "sendung", "bestell nr"};

  w.months = {{"januar", 1}, {"jänner", 1}, {"februar", 2}, {"märz", 3}, {"maerz", 3}, {"april", 4},
              {"mai", 5},    {"juni", 6},   {"juli", 7},    {"august", 8}, {"september", 9},
              {"oktober", 10}, {"okt", 10}, {"november", 11}, {"dezember", 12}, {"dez", 12}};
  w.weekdays = {{"montag", 1},  {"dienstag", 2}, {"mittwoch", 3}, {"donnerstag", 4},
                {"freitag", 5}, {"samstag", 6},  {"sonnabend", 6}, {"sonntag", 7}};
  w.day_parts = {"morgen",    "früh",       "vormittag", "mittag",  "nachmittag", "abend",
                 "nacht",     "morgens",    "vormittags", "mittags", "nachmittags", "abends",
                 "nachts",    "am morgen",  "am vormittag", "am mittag", "am nachmittag",
                 "am abend",  "in der früh", "in der nacht"};
  w.day_part_leads = {"am", "jeden", "guten", "schönen"};
  static const std::vector<std::pair<std::string, int>> joined = DaysWithParts(w.weekdays);
  for (const auto& [word, day] : joined) w.weekdays.push_back({word, day});
  w.day_words = {{"heute", 0}, {"gestern", -1}, {"vorgestern", -2}, {"morgen", 1},
                 {"übermorgen", 2}, {"heute morgen", 0}, {"heute abend", 0}, {"gestern abend", -1}};
  w.unit_days = {{"tag", 1},   {"tage", 1},   {"tagen", 1},   {"woche", 7},  {"wochen", 7},
                 {"monat", 30}, {"monate", 30}, {"monaten", 30}, {"jahr", 365}, {"jahre", 365},
                 {"jahren", 365}};
  w.ago_before = {"vor"};
  w.in_future = {"in"};
  w.change_words = {"ändern", "verschieben", "verschiebe", "verlegen", "umbuchen", "tauschen"};
  w.range_words = {"bis", "bis zum", "bis zu"};
  w.last_words = {"letzten", "letzte", "letzter", "letztes", "vergangenen", "vorigen"};
  w.counted_from = {"ab", "nach"};
  w.from_now = {"ab heute", "ab jetzt"};
  w.coming_words = {"kommenden", "kommende", "kommender"};
  w.next_words = {"nächsten", "nächste", "nächster", "nächstes"};
  w.this_words = {"diesen", "diese", "dieser", "dieses"};
  w.week_words = {"woche"};
  w.on_day = {"am", "zum", "der", "den", "dem", "bis zum", "seit dem", "vom", "bis"};
  w.past_hints = {"bestellt", "bezahlt", "gekauft", "angekommen", "bekommen", "erhalten", "war",
                  "wurde", "geliefert", "habe", "hatte", "kam", "gesendet", "abgebucht", "seit"};
  w.future_hints = {"kommt", "liefern", "nächsten", "bis", "kann", "können", "wird", "werden",
                    "möchte", "brauche", "könnt", "passt", "verschieben"};

  w.currencies = {{"euro", "EUR"}, {"euros", "EUR"}, {"eur", "EUR"}, {"franken", "CHF"},
                  {"dollar", "USD"}, {"pfund", "GBP"}, {"cent", "¢"}, {"cents", "¢"}};
  w.counts = {{"ein paar", 2}, {"ein dutzend", 12}, {"dutzend", 12}, {"halbes dutzend", 6},
              {"einmal", 1},   {"zweimal", 2},      {"dreimal", 3},  {"ein halbes dutzend", 6}};
  w.count_nouns = {"stück", "stk", "mal", "davon", "paar", "exemplare", "packungen"};
  w.money_hints = {"bezahlt", "gezahlt", "abgebucht", "kostet", "kosten", "betrag", "preis",
                   "erstattet", "erstattung", "summe"};
  w.spelled_as = {"wie"};
  w.card_words = {"karte", "kreditkarte", "kartennummer"};
  w.measure_words = {"jahre alt", "prozent", "uhr", "stunden", "minuten", "personen", "grad",
                     "sterne", "liter", "meter"};
  w.year_hints = {"seit", "im jahr", "aus", "jahr"};
  w.size_words = {"größe", "groesse", "version", "modell", "schritt", "seite", "wohnung"};

  w.yes = {"ja", "jep", "jo", "jawohl", "ja bitte", "klar", "na klar", "gerne", "gern", "genau",
           "richtig", "stimmt", "passt", "in ordnung", "einverstanden", "okay", "ok", "sicher",
           "natürlich", "selbstverständlich", "mach das", "machen sie das", "bitte", "korrekt",
           "auf jeden fall", "das stimmt", "so machen wir das", "bestätigt", "gut", "doch",
           "alles klar", "warum nicht"};
  w.no = {"nein", "nö", "nee", "ne", "nein danke", "lieber nicht", "nicht", "auf keinen fall",
          "falsch", "stimmt nicht", "nicht richtig", "das stimmt nicht", "bitte nicht", "niemals",
          "natürlich nicht", "passt nicht", "noch nicht", "eher nicht", "keinesfalls"};
  w.hedges = {"vielleicht", "eventuell", "weiß nicht", "kommt drauf an", "später", "mal sehen",
              "was passiert wenn"};
  w.negators = {"nicht", "nicht die", "nicht der", "nicht das", "nicht an", "keine", "kein"};
  w.but_rather = {"sondern", "aber"};
  w.instead_of = {"statt", "anstatt", "anstelle von"};
  w.replaced_by = {"sollte", "muss heißen", "sondern"};
  w.self_corrections = {"entschuldigung", "ich meine", "ich meinte", "nein", "korrektur", "sorry",
                        "moment", "eigentlich", "quatsch", "äh nein", "ach nein", "vielmehr",
                        "besser gesagt", "verzeihung"};
  w.wrong_words = {"ist falsch", "war falsch", "stimmt nicht", "ist nicht richtig"};
  w.fillers = {"äh", "ähm", "hm", "also", "und"};

  w.light_words = {"es", "ist", "die", "der", "das", "den", "bitte", "meine", "am", "um", "eine",
                   "ein", "nummer", "von", "ja", "war", "wäre", "lautet"};
  w.name_leads = {"ich heiße", "mein name ist", "ich bin", "name ist"};

  w.spoken_at = {"ät", "klammeraffe"};
  w.spoken_dot = {"punkt"};
  w.spoken_marks = {{"unterstrich", "_"}, {"bindestrich", "-"}, {"minus", "-"}, {"punkt", "."}};

  w.cancel = {"abbrechen", "vergiss es", "vergessen sie es", "egal", "lassen wir das", "lass es",
              "stopp", "doch nicht", "nein doch nicht", "lieber doch nicht", "dann doch nicht",
              "abbruch", "schon gut", "ich will das nicht mehr"};
  w.repeat = {"wiederholen", "noch einmal", "nochmal", "noch mal", "wie bitte", "was hast du gesagt",
              "wiederhole das", "sag das nochmal"};
  w.back = {"zurück", "einen schritt zurück", "geh zurück", "rückgängig"};
  w.human = {"mensch", "mitarbeiter", "mitarbeiterin", "echte person", "kundenservice",
             "kundendienst", "mit jemandem sprechen", "berater", "ansprechpartner", "menschen",
             "jemand echtes", "vorgesetzten"};
  w.thanks = {"danke", "dankeschön", "vielen dank", "danke schön", "besten dank", "merci",
              "danke sehr"};
  w.greeting = {"hallo", "guten tag", "guten morgen", "guten abend", "moin", "servus", "grüß gott",
                "grüezi", "hallöchen", "tach"};
  w.bye = {"tschüss", "auf wiedersehen", "ciao", "bis bald", "schönen tag noch", "das wars",
           "das ist alles", "bis dann", "gute nacht"};
  w.correction = {"ich meinte", "ich meine", "korrektur", "sondern", "stattdessen", "statt",
                  "vertippt", "ach nein", "nein warte", "nein es ist", "stimmt nicht", "ist falsch", "mein fehler", "anstatt"};
  w.dont_know = {"weiß ich nicht", "weiß nicht", "keine ahnung", "habe ich nicht", "finde ich nicht",
                 "vergessen", "hab ich nicht", "finde sie nicht", "nicht sicher", "ka",
                 "überspringen", "auslassen"};
  w.wait = {"moment", "einen moment", "moment mal", "sekunde", "warte", "warten sie", "augenblick",
            "einen augenblick", "bin gleich zurück"};
  w.resume = {"weiter", "weitermachen", "zurück zu", "fortfahren", "wo waren wir"};
  w.question_words = {"was", "wann", "wo", "wer", "warum", "wie", "welche", "welcher", "welches",
                      "können sie", "kann ich", "kannst du", "gibt es", "ist es", "haben sie",
                      "wieso", "wohin", "woher", "wieviel", "darf ich", "ist meine", "könnt ihr"};
  w.swearing = {"scheiße", "scheiss", "scheiß", "verdammt", "arschloch", "mist", "verarscht",
                "verarschen", "idioten", "idiot", "kacke", "fick", "verfickt", "sauladen", "saftladen"};

  w.sentiment = {{"wütend", -4},   {"sauer", -3},     {"schlecht", -2},  {"schlechter", -2},
                 {"furchtbar", -4}, {"schrecklich", -4}, {"unverschämt", -4}, {"enttäuscht", -3},
                 {"enttäuschend", -3}, {"frechheit", -4}, {"betrug", -5}, {"inakzeptabel", -4},
                 {"lächerlich", -4}, {"katastrophe", -4}, {"kaputt", -1}, {"ärgerlich", -3},
                 {"nervt", -3},    {"genervt", -3},   {"scheiße", -4},   {"mist", -2},
                 {"unmöglich", -3}, {"anwalt", -3},   {"beschwerde", -2}, {"schlimm", -3},
                 {"gut", 2},       {"super", 3},      {"toll", 3},       {"perfekt", 4},
                 {"ausgezeichnet", 4}, {"prima", 3},  {"danke", 1},      {"freundlich", 2},
                 {"zufrieden", 3}, {"klasse", 3},     {"wunderbar", 4},  {"schön", 2},
                 {"begeistert", 4}, {"hilfreich", 3}};
  w.intensifiers = {{"sehr", 40},    {"wirklich", 40}, {"total", 50},     {"extrem", 80},
                    {"absolut", 60}, {"so", 30},       {"echt", 40},      {"völlig", 60},
                    {"richtig", 40}, {"ziemlich", 20}, {"etwas", -40},    {"ein bisschen", -40}};
  w.clause_joiners = {"und außerdem", "und dann", "und", "außerdem", "aber", "übrigens", "dann",
                      "zusätzlich", "noch etwas", "und noch"};
  w.statement_leads = {"ich",   "mein", "meine", "meinen", "meiner", "meinem", "der",   "die",
                       "das",   "es",   "wir",   "unser",  "unsere", "unseren", "sie",  "ihr",
                       "er",    "ein",  "eine",  "einer",  "eines",  "einen",  "dieser", "diese",
                       "dieses", "jemand", "niemand", "beide"};
  w.wish_words = {"möchte", "möchten", "will",   "wollen",  "brauche", "brauchen", "bitte",
                  "kann",   "können",  "könnt",  "könnten", "würde gern", "würde gerne",
                  "hätte gern", "hätte gerne", "suche", "suchen", "wünsche", "hilfe", "helfen",
                  "soll",   "darf"};
  w.back_pointers = {"es", "das", "ihn", "damit", "dafür", "davon"};
  w.courtesy = {
      {"hoffe", 2}, {"hoffen", 2}, {"hoffentlich", 2}, {"frage mich", 2}, {"wollte fragen", 2},
      {"möchte fragen", 2}, {"würde gern wissen", 2}, {"würde gerne wissen", 2},
      {"darf ich fragen", 2}, {"dürfte ich fragen", 2}, {"dankbar", 2}, {"danke", 2}, {"dank", 2},
      {"bedanke", 2}, {"bedanken", 2}, {"entschuldigung", 2}, {"entschuldigen", 2},
      {"entschuldigt", 2}, {"entschuldige", 2}, {"verzeihung", 2}, {"verzeihen", 2},
      {"pardon", 2}, {"tut mir leid", 2}, {"störe", 2}, {"stören", 2}, {"störung", 2},
      {"belästigen", 2}, {"grüße", 2}, {"grüßen", 2}, {"gruß", 2}, {"mfg", 2}, {"lg", 2},
      {"vg", 2}, {"sehr geehrte", 2}, {"sehr geehrter", 2}, {"damen und herren", 2},
      {"im voraus", 2}, {"vorab", 2}, {"freundlicherweise", 2}, {"so freundlich", 2},
      {"so nett", 2}, {"so lieb", 2}, {"so gut", 2}, {"sehr nett", 2}, {"sehr freundlich", 2},
      {"etwas aus", 2}, {"nichts ausmacht", 2}, {"schönen tag", 2}, {"schönen abend", 2},
      {"schönes wochenende", 2}, {"schöne woche", 2}, {"kurze frage", 2}, {"kleine frage", 2},
      {"eine frage", 2}, {"freue mich auf", 2}, {"freuen uns auf", 2}, {"wie geht es", 2},
      {"wie gehts", 2}, {"alles gute", 2}, {"keine eile", 2}, {"gefallen", 2},
      {"bitte", 1}, {"vielleicht", 1}, {"eventuell", 1}, {"gerne", 1}, {"gern", 1},
      {"helfen", 1}, {"hilfe", 1}, {"weiterhelfen", 1}, {"behilflich", 1}, {"sagen", 1},
      {"mitteilen", 1}, {"wissen", 1}, {"erklären", 1}, {"fragen", 1}, {"ob", 1}, {"dass", 1},
      {"aber", 1}, {"zu", 1}, {"gut", 1}, {"geht", 1}, {"nett", 1}, {"freundlich", 1},
      {"freundlichen", 1}, {"freundliche", 1}, {"herzlich", 1}, {"herzlichen", 1},
      {"herzliche", 1}, {"besten", 1}, {"beste", 1}, {"liebe", 1}, {"lieben", 1}, {"liebes", 1},
      {"viele", 1}, {"vielen", 1}, {"vielmals", 1}, {"schon mal", 1}, {"schon jetzt", 1},
      {"schon", 1}, {"antwort", 1}, {"rückmeldung", 1}, {"hören", 1}, {"bald", 1}, {"baldige", 1},
      {"schnelle", 1}, {"mühe", 1}, {"zeit", 1}, {"geduld", 1}, {"unterstützung", 1},
      {"verständnis", 1}, {"team", 1}, {"tag", 1}, {"morgen", 1}, {"abend", 1}, {"woche", 1},
      {"wochenende", 1}, {"zusammen", 1}, {"könnten sie", 1}, {"können sie", 1},
      {"würden sie", 1}, {"könntet ihr", 1}, {"könnt ihr", 1}, {"kurz", 1}, {"mal", 1},
      {"nachricht", 1}, {"anfrage", 1}, {"unannehmlichkeiten", 1}, {"möglich", 1}};
  w.courtesy_glue = {"ich", "du", "sie", "ihr", "wir", "mir", "mich", "uns", "ihnen", "euch",
                     "dir", "dich", "ihre", "ihren", "ihrem", "eure", "eurer", "mein", "meine",
                     "es", "das", "dies", "der", "die", "den", "dem", "ein", "eine", "einen",
                     "einer", "ist", "sind", "bin", "wäre", "wären", "hätte", "habe", "haben",
                     "hab", "wird", "würde", "würden", "werden", "kann", "können", "könnten",
                     "so", "sehr", "ganz", "nur", "auch", "und", "oder", "für", "mit", "von", "im",
                     "bei", "wenn", "falls", "nicht", "ja", "noch", "einfach", "hiermit"};
  w.speaking_here = {"hier", "am apparat", "mein name"};
  return w;
}

}  // namespace

const LanguageWords& German() {
  static const LanguageWords& words = *new LanguageWords(Make());
  return words;
}

const std::vector<const LanguageWords*>& AllLanguages() {
  static const auto& languages =
      *new std::vector<const LanguageWords*>{&English(), &German()};
  return languages;
}

}  // namespace frontdesk::understand
