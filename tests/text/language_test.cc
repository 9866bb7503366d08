#include "text/language.h"

#include <gtest/gtest.h>

#include <string>

namespace frontdesk::text {
namespace {

TEST(IdentifyLanguage, ShortMessagesOfCustomers) {
  const struct {
    const char* code;
    const char* text;
  } cases[] = {
      {"en", "where is my order"},
      {"en", "i want a refund for the broken lamp"},
      {"en", "cancel it"},
      {"en", "48213"},
      {"de", "wo ist meine Bestellung?"},
      {"de", "ich möchte das zurückgeben"},
      {"de", "Guten Tag, meine Rechnung ist falsch"},
      {"fr", "où est ma commande ?"},
      {"fr", "je voudrais un remboursement"},
      {"fr", "Bonjour, mon colis n'est pas arrivé"},
      {"es", "¿dónde está mi pedido?"},
      {"es", "quiero devolver los zapatos"},
      {"es", "necesito ayuda con mi factura"},
      {"it", "dov'è il mio ordine?"},
      {"it", "vorrei un rimborso per la giacca"},
      {"nl", "waar is mijn bestelling?"},
      {"nl", "ik wil mijn pakket terugsturen"},
      {"pt", "onde está o meu pedido?"},
      {"pt", "quero cancelar a minha encomenda"},
      {"pt", "não recebi o produto"},
      {"ru", "где мой заказ"},
      {"ja", "注文はどこですか"},
      {"zh", "我的订单在哪里"},
      {"el", "πού είναι η παραγγελία μου"},
  };
  for (const auto& c : cases) {
    const LanguageGuess guess = IdentifyLanguage(c.text);
    if (std::string(c.text) == "48213") {
      EXPECT_EQ(guess.code, "und");
      EXPECT_EQ(guess.confidence, 0.0);
      continue;
    }
    EXPECT_EQ(guess.code, c.code) << c.text << " confidence " << guess.confidence;
    EXPECT_GT(guess.confidence, 0.5) << c.text;
  }
}

TEST(IdentifyLanguage, SaysWhenItDoesNotKnow) {
  EXPECT_EQ(IdentifyLanguage("").code, "und");
  EXPECT_EQ(IdentifyLanguage("🙂🙂").code, "und");
  EXPECT_LT(IdentifyLanguage("Zyx Qvk").confidence, 0.5);
  EXPECT_EQ(IdentifyLanguage(std::string(64 << 10, 'x')).code, "en");
  std::string wall;
  while (wall.size() < 65536) wall += "ich möchte mein Geld zurück ";
  EXPECT_EQ(IdentifyLanguage(wall).code, "de");
  EXPECT_GE(IdentifyLanguage("\xFF\xFE broken bytes here").confidence, 0.0);
}

}  // namespace
}  // namespace frontdesk::text
