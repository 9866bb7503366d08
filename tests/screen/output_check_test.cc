// The output check, class by class: what the model may not say, and what it may.
#include "dialog/answer/output_check.h"

#include <gtest/gtest.h>

namespace frontdesk::dialog {
namespace {

constexpr const char* kSource =
    "Returns are free of charge from Ireland. The Petrel jacket is waterproof. We guarantee tents for 5 "
    "years.";

struct OutputCase {
  const char* sentence;
  const char* forbidden;  // class, "" when it may be said
};

class OutputCases : public testing::TestWithParam<OutputCase> {};

TEST_P(OutputCases, AreJudgedByTheirClass) {
  EXPECT_EQ(CheckOutput(GetParam().sentence, kSource, {"Northpeak Gear", "Ridgeway"}),
            GetParam().forbidden)
      << GetParam().sentence;
}

INSTANTIATE_TEST_SUITE_P(
    Medical, OutputCases,
    testing::Values(OutputCase{"You should take ibuprofen for the pain.", "medical"},
                    OutputCase{"Treat the burn with cold water.", "medical"},
                    OutputCase{"You probably have an infection.", "medical"},
                    OutputCase{"There is no need to see a doctor.", "medical"},
                    OutputCase{"The first aid kit weighs 300 g.", ""}));
INSTANTIATE_TEST_SUITE_P(
    Legal, OutputCases,
    testing::Values(OutputCase{"You can sue us for that.", "legal"},
                    OutputCase{"The carrier is liable for the damage.", "legal"},
                    OutputCase{"Under consumer law you win.", "legal"},
                    OutputCase{"You can send it back within 30 days.", ""}));
INSTANTIATE_TEST_SUITE_P(
    Financial, OutputCases,
    testing::Values(OutputCase{"You should invest in gear.", "financial"},
                    OutputCase{"Buy shares of the company.", "financial"},
                    OutputCase{"The tent is a good investment.", "financial"},
                    OutputCase{"You can pay in three instalments.", ""}));
INSTANTIATE_TEST_SUITE_P(
    Promises, OutputCases,
    testing::Values(OutputCase{"We promise that it arrives tomorrow.", "promise"},
                    OutputCase{"It will definitely arrive on Friday.", "promise"},
                    OutputCase{"I will refund the full amount.", "promise"},
                    OutputCase{"You get a second one for free.", "promise"},
                    OutputCase{"Returns are free of charge from Ireland.", ""},
                    OutputCase{"We guarantee tents for 5 years.", ""},
                    OutputCase{"Wir garantieren die Lieferung.", "promise"}));
INSTANTIATE_TEST_SUITE_P(
    ProductClaims, OutputCases,
    testing::Values(OutputCase{"The Petrel jacket is waterproof.", ""},
                    OutputCase{"The Petrel jacket is fireproof.", "product_claim"},
                    OutputCase{"It is made in Ireland.", "product_claim"},
                    OutputCase{"It is the best jacket we sell.", "product_claim"},
                    OutputCase{"The jacket is vegan and BPA-free.", "product_claim"}));
INSTANTIATE_TEST_SUITE_P(
    Competitors, OutputCases,
    testing::Values(OutputCase{"Northpeak Gear has it cheaper.", "competitor"},
                    OutputCase{"NORTHPEAK GEAR sells it too.", "competitor"},
                    OutputCase{"Try Ridgeway.", "competitor"},
                    OutputCase{"The Ridgewayside path is long.", ""},
                    OutputCase{"Other shops' prices are not matched.", ""}));
INSTANTIATE_TEST_SUITE_P(
    Person, OutputCases,
    testing::Values(OutputCase{"I am a human and I can help.", "person"},
                    OutputCase{"I'm not a robot.", "person"}, OutputCase{"Ich bin ein Mensch.", "person"},
                    OutputCase{"I am an automatic assistant.", ""},
                    OutputCase{"A person answers on working days.", ""}));

TEST(OutputCheck, BeingAPersonNeverPasses) {
  EXPECT_EQ(CheckOutput("I am a human.", "I am a human.", {}), "person");
}

}  // namespace
}  // namespace frontdesk::dialog
