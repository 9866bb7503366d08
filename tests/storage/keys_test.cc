// Hashes, sealing, the key file and the keystore.
#include <sys/stat.h>

#include "storage/aead.h"
#include "storage/digest.h"
#include "storage/key_file.h"
#include "storage/keystore.h"
#include "tests/storage/temp_store.h"

namespace frontdesk::storage {
namespace {

TEST(DigestTest, KnownAnswers) {
  // FIPS 180-4 examples; RFC 4231 test case 2.
  EXPECT_EQ(ToHex(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(ToHex(Sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(ToHex(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(ToHex(HmacSha256("", "")),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(DigestTest, AStreamEqualsTheWholeForEverySplit) {
  const std::string text(200, 'q');
  for (size_t split = 0; split <= text.size(); split += 13) {
    Sha256Stream stream;
    stream.Update(text.substr(0, split));
    stream.Update(text.substr(split));
    EXPECT_EQ(stream.Finish(), Sha256(text));
    EXPECT_EQ(stream.Finish(), Sha256(""));
  }
}

TEST(DigestTest, HexGoesBothWaysAndRefusesWhatIsNone) {
  const Digest digest = Sha256("x");
  auto back = DigestFromHex(ToHex(digest));
  ASSERT_OK(back);
  EXPECT_EQ(*back, digest);
  EXPECT_ERROR(DigestFromHex("abc"), kInvalidArgument, "3");
  EXPECT_ERROR(DigestFromHex(std::string(63, 'a') + "g"), kInvalidArgument, "position 63");
}

TEST(AeadTest, OpensOnlyWithKeyAndPlaceAndEveryByte) {
  const SecretKey key = SecretKey::Random();
  const std::string sealed = Seal(key, "hello", "place");
  EXPECT_EQ(sealed.size(), 5 + kSealOverhead);
  EXPECT_NE(sealed, Seal(key, "hello", "place"));
  auto text = Open(key, sealed, "place");
  ASSERT_OK(text);
  EXPECT_EQ(*text, "hello");
  EXPECT_ERROR(Open(SecretKey::Random(), sealed, "place"), kDataLoss, "does not open");
  EXPECT_ERROR(Open(key, sealed, "elsewhere"), kDataLoss, "does not open");
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] ^= 1;
    EXPECT_ERROR(Open(key, changed, "place"), kDataLoss, "does not open");
    EXPECT_FALSE(Open(key, sealed.substr(0, i), "place").ok());
  }
}

TEST(AeadTest, AgreesWithAPublishedVector) {
  // McGrew and Viega, GCM test case 15: 256-bit key, no associated data.
  const auto bytes = [](const std::string& hex) {
    std::string out;
    for (size_t i = 0; i < hex.size(); i += 2) {
      out.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
    }
    return out;
  };
  auto key = SecretKey::FromBytes(
      bytes("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"));
  ASSERT_OK(key);
  const std::string sealed =
      bytes("cafebabefacedbaddecaf888") +
      bytes(
          "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
          "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad") +
      bytes("b094dac5d93471bdec1a502270e3cc6c");
  auto text = Open(*key, sealed, "");
  ASSERT_OK(text);
  EXPECT_EQ(*text, bytes("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                         "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255"));
}

class KeystoreTest : public ::testing::Test {
 protected:
  KeystoreOptions Options() { return {.path = folder_ / "keys.db", .key_file = folder_ / "key"}; }
  std::unique_ptr<Keystore> MustOpen() {
    auto keystore = Keystore::Open(Options());
    EXPECT_OK(keystore);
    return keystore.ok() ? *std::move(keystore) : nullptr;
  }
  TempFolder folder_;
};

TEST_F(KeystoreTest, TheKeyFileIsPrivateAndStable) {
  auto keystore = MustOpen();
  struct stat facts {};
  ASSERT_EQ(::stat((folder_ / "key").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  ASSERT_EQ(::stat((folder_ / "keys.db").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  const std::string id = keystore->id();
  const std::string secret(keystore->DeriveSecret("x").bytes());
  keystore.reset();
  keystore = MustOpen();
  EXPECT_EQ(keystore->id(), id);
  EXPECT_EQ(keystore->DeriveSecret("x").bytes(), secret);
}

TEST_F(KeystoreTest, KeysLiveOnceAndDieForGood) {
  auto keystore = MustOpen();
  auto id = keystore->EnsureKey("customer/ada", kNow);
  ASSERT_OK(id);
  EXPECT_EQ(*keystore->EnsureKey("customer/ada", kNow), *id);
  const std::string bytes(keystore->FindKey(*id)->bytes());
  keystore.reset();
  keystore = MustOpen();
  EXPECT_EQ(keystore->FindKey(*id)->bytes(), bytes);

  auto destroyed = keystore->DestroyKeys({"customer/ada", "customer/nobody"}, kNow);
  ASSERT_OK(destroyed);
  EXPECT_EQ(*destroyed, 1);
  EXPECT_ERROR(keystore->FindKey(*id), kNotFound, "destroyed");
  EXPECT_TRUE(*keystore->WasDestroyed("customer/ada"));
  EXPECT_FALSE(*keystore->WasDestroyed("customer/nobody"));
  auto next = keystore->EnsureKey("customer/ada", kNow);
  ASSERT_OK(next);
  EXPECT_NE(*next, *id);
  EXPECT_FALSE(*keystore->WasDestroyed("customer/ada"));
  EXPECT_ERROR(keystore->FindKey("0123"), kDataLoss, "does not know");
  EXPECT_OK(keystore->Check());
}

TEST_F(KeystoreTest, AnOwnedKeyDiesWithItsOwner) {
  auto keystore = MustOpen();
  auto id = keystore->EnsureKey("conversation/c-1", kNow);
  ASSERT_OK(id);
  ASSERT_OK(keystore->StageOwner(*id, "customer/ada"));
  ASSERT_OK(keystore->Flush());
  EXPECT_EQ(*keystore->DestroyKeys({"customer/ada"}, kNow), 1);
  EXPECT_ERROR(keystore->FindKey(*id), kNotFound, "destroyed");
}

TEST_F(KeystoreTest, StagedKeysThatAreNotFlushedAreNotKept) {
  auto keystore = MustOpen();
  auto id = keystore->StageKey("customer/ada", kNow);
  ASSERT_OK(id);
  EXPECT_OK(keystore->FindKey(*id));
  keystore.reset();
  keystore = MustOpen();
  EXPECT_ERROR(keystore->FindKey(*id), kDataLoss, "does not know");
}

TEST_F(KeystoreTest, NamesAreNotInTheFile) {
  auto keystore = MustOpen();
  ASSERT_OK(keystore->EnsureKey("customer/unmistakable", kNow));
  keystore.reset();
  EXPECT_EQ(ReadFile(folder_ / "keys.db").find("unmistakable"), std::string::npos);
}

TEST_F(KeystoreTest, EveryWrongStartIsNamed) {
  MustOpen();
  const std::string key = ReadFile(folder_ / "key");
  const std::string keys = ReadFile(folder_ / "keys.db");

  ::chmod((folder_ / "key").c_str(), 0644);
  EXPECT_ERROR(Keystore::Open(Options()), kPermissionDenied, "chmod 600");
  ::chmod((folder_ / "key").c_str(), 0600);

  WriteFile(folder_ / "key", std::string(64, 'a') + "\n");
  EXPECT_ERROR(Keystore::Open(Options()), kUnauthenticated, folder_ / "key");
  WriteFile(folder_ / "key", "short\n");
  EXPECT_ERROR(Keystore::Open(Options()), kDataLoss, "64 hexadecimal digits");
  WriteFile(folder_ / "key", "");
  EXPECT_ERROR(Keystore::Open(Options()), kDataLoss, "64 hexadecimal digits");

  std::filesystem::remove(folder_ / "key");
  EXPECT_ERROR(Keystore::Open(Options()), kNotFound, "key file");
  WriteFile(folder_ / "key", key);
  ::chmod((folder_ / "key").c_str(), 0600);

  WriteFile(folder_ / "keys.db", "this is no database, only a text of some length to look at\n");
  EXPECT_ERROR(Keystore::Open(Options()), kDataLoss, "keys.db");
  std::filesystem::remove(folder_ / "keys.db");
  KeystoreOptions existing = Options();
  existing.create = false;
  EXPECT_ERROR(Keystore::Open(existing), kNotFound, "keys.db");
  WriteFile(folder_ / "keys.db", keys);
  EXPECT_OK(Keystore::Open(Options()));
}

}  // namespace
}  // namespace frontdesk::storage
