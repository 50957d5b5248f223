#include "security/signed_note.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

namespace byline::security {
namespace {

// Made by Go's golang.org/x/mod/sumdb/note (its package documentation).
constexpr const char* kVerifier = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr const char* kSigner =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
constexpr const char* kText =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n";
constexpr const char* kNote =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

TEST(SignedNote, IsCheckedAsGoWroteIt) {
  auto note = parse_note(kNote);
  ASSERT_TRUE(note) << note.error();
  EXPECT_EQ(note->text, kText);
  EXPECT_TRUE(NoteVerifier::parse(kVerifier)->check(*note));
}

TEST(SignedNote, IsWrittenAsGoWritesIt) {
  auto signer = NoteSigner::parse(kSigner);
  ASSERT_TRUE(signer);
  EXPECT_EQ(signer->verifier().text(), kVerifier);
  EXPECT_EQ(signer->private_text(), kSigner);
  EXPECT_EQ(to_string(SignedNote{kText, {signer->sign(kText, 0)}}), kNote);
}

TEST(SignedNote, DoesNotHoldForAnotherTextOrKey) {
  auto note = parse_note(kNote).value();
  note.text[3] ^= 1;
  EXPECT_EQ(NoteVerifier::parse(kVerifier)->check(note).error(),
            "bears a signature of PeterNeumann that is wrong");
  auto other = NoteSigner::generate("PeterNeumann", NoteKeyType::ed25519);
  EXPECT_EQ(other.verifier().check(parse_note(kNote).value()).error(), "is not signed by PeterNeumann");
}

TEST(SignedNote, BearsManySignaturesAndIgnoresThoseOfStrangers) {
  auto log = NoteSigner::generate("log.example.org", NoteKeyType::ed25519);
  auto witness = NoteSigner::generate("witness.example.org", NoteKeyType::cosignature);
  SignedNote note{"a text\n", {log.sign("a text\n", 0), witness.sign("a text\n", 1679315147)}};
  auto read = parse_note(to_string(note));
  ASSERT_TRUE(read);
  EXPECT_EQ(log.verifier().check(*read), 0);
  EXPECT_EQ(witness.verifier().check(*read), 1679315147);
}

TEST(Cosignature, IsNoneForAnotherTime) {
  auto witness = NoteSigner::generate("witness.example.org", NoteKeyType::cosignature);
  SignedNote note{"a text\n", {witness.sign("a text\n", 1679315147)}};
  note.signatures[0].signature[7] ^= 1;
  EXPECT_FALSE(witness.verifier().check(note));
  note.signatures[0].signature.resize(7);
  EXPECT_FALSE(witness.verifier().check(note));
}

TEST(Cosignature, IsNotTakenForALogsOwnSignature) {
  Key seed = new_key();
  NoteSigner log("one", NoteKeyType::ed25519, seed), witness("one", NoteKeyType::cosignature, seed);
  SignedNote note{"a text\n", {witness.sign("a text\n", 0)}};
  EXPECT_FALSE(log.verifier().check(note));
}

TEST(SignedNote, RefusesWhatIsNone) {
  std::string good = kNote;
  auto broken = [&](std::size_t at, const std::string& with) {
    return good.substr(0, at) + with + good.substr(at);
  };
  for (const auto& text :
       {std::string(), std::string("a text\n"), std::string("a text\n\n"), std::string(kText) + "— x08go\n",
        good.substr(0, good.size() - 1), good + "x", good + "\n", good + "- PeterNeumann x08go/ZJkuBS\n",
        broken(5, "\r"), broken(5, std::string(1, '\0')), good + "— Peter Neumann \n",
        good + "— a+b AAAAAAAA\n", good + "— a AAAA\n", good + "— a AAAAAAA\n", std::string(2'000'000, 'x')})
    EXPECT_FALSE(parse_note(text)) << text.substr(0, 200);
}

TEST(NoteVerifier, RefusesWhatIsNone) {
  for (const char* text :
       {"", "PeterNeumann", "PeterNeumann+c74f20a3",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T", "PeterNeumann+c74f20a3+AAAA"})
    EXPECT_FALSE(NoteVerifier::parse(text)) << text;
}

}  // namespace
}  // namespace byline::security
