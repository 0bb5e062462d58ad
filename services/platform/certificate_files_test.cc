#include "services/platform/certificate_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <functional>

#include "services/platform/certificates_testlib.h"

namespace thidua::platform {
namespace {

using testing::HasSubstr;
using testing::Not;

void Write(const std::string& file, const std::string& content) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
}

class CertificateFilesTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    made_ = new Certificates;
    ASSERT_EQ(std::system(absl::StrCat("cd '", made_->folder().string(),
                                       "' && openssl pkey -in registry.key -aes128 -passout pass:x "
                                       "-out locked.key && openssl req -x509 -newkey rsa:1024 "
                                       "-noenc -subj /CN=weak -keyout weak.key -out weak.pem "
                                       "2>/dev/null")
                              .c_str()),
              0);
  }
  static void TearDownTestSuite() { delete made_; }

  // The pair that a service has, in files that the test may spoil.
  CertificateFilesTest()
      : certificate_((made_->folder() / "shown.pem").string()),
        key_((made_->folder() / "shown.key").string()) {
    Put("registry");
  }
  void Put(const std::string& name) {
    Write(key_, ContentOf(made_->key(name)));
    Write(certificate_, ContentOf(made_->pem(name)));
  }

  static std::string Both(const std::string& name) {
    return absl::StrCat(ContentOf(made_->key(name)), "\n", ContentOf(made_->pem(name)), "\n");
  }
  static time_t ChangedAt(const std::string& file) {
    struct stat about = {};
    EXPECT_EQ(stat(file.c_str(), &about), 0);
    return about.st_mtime;
  }

  static Certificates* made_;
  const std::string certificate_;
  const std::string key_;
};
Certificates* CertificateFilesTest::made_ = nullptr;

// What may stand where a sound pair should.
struct Spoilt {
  const char* what;
  std::function<void(const Certificates& made, const std::string& certificate,
                     const std::string& key)>
      spoil;
  const char* complaint;
};
const Spoilt kSpoilt[] = {
    {"no certificate file",
     [](const Certificates&, const std::string& certificate, const std::string&) {
       std::filesystem::remove(certificate);
     },
     "No such file"},
    {"no key file",
     [](const Certificates&, const std::string&, const std::string& key) {
       std::filesystem::remove(key);
     },
     "No such file"},
    {"an empty certificate file",
     [](const Certificates&, const std::string& certificate, const std::string&) {
       Write(certificate, "");
     },
     "no certificate"},
    {"a certificate half written",
     [](const Certificates& made, const std::string& certificate, const std::string&) {
       const std::string whole = ContentOf(made.pem("registry"));
       Write(certificate, whole.substr(0, whole.size() / 2));
     },
     "a broken certificate"},
    {"a chain half written",
     [](const Certificates& made, const std::string& certificate, const std::string&) {
       const std::string ca = ContentOf(made.ca());
       Write(certificate, ContentOf(made.pem("registry")) + ca.substr(0, ca.size() / 2));
     },
     "a broken certificate"},
    {"a key half written",
     [](const Certificates& made, const std::string&, const std::string& key) {
       const std::string whole = ContentOf(made.key("registry"));
       Write(key, whole.substr(0, whole.size() / 2));
     },
     "no private key"},
    {"an empty key file",
     [](const Certificates&, const std::string&, const std::string& key) { Write(key, ""); },
     "no private key"},
    {"the key of another",
     [](const Certificates& made, const std::string&, const std::string& key) {
       Write(key, ContentOf(made.key("scoring")));
     },
     "mismatch"},
    {"the certificate of another",
     [](const Certificates& made, const std::string& certificate, const std::string&) {
       Write(certificate, ContentOf(made.pem("scoring")));
     },
     "mismatch"},
    {"a key behind a password",
     [](const Certificates& made, const std::string&, const std::string& key) {
       Write(key, ContentOf((made.folder() / "locked.key").string()));
     },
     "without a password"},
    {"a key that is too short",
     [](const Certificates& made, const std::string& certificate, const std::string& key) {
       Write(certificate, ContentOf(made.pem("weak")));
       Write(key, ContentOf(made.key("weak")));
     },
     "too small"},
    {"a file of many megabytes",
     [](const Certificates&, const std::string& certificate, const std::string&) {
       std::filesystem::resize_file(certificate, 64 * 1024 * 1024);
     },
     "too large"},
};

TEST_F(CertificateFilesTest, WhatIsNoPairIsTold) {
  for (const Spoilt& spoilt : kSpoilt) {
    SCOPED_TRACE(spoilt.what);
    Put("registry");
    spoilt.spoil(*made_, certificate_, key_);
    const auto opened = CertificateFiles::OpenPair(certificate_, key_);
    EXPECT_EQ(opened.status().code(), absl::StatusCode::kInvalidArgument);
    const std::string message(opened.status().message());
    EXPECT_THAT(message, HasSubstr("shown."));
    EXPECT_THAT(message, HasSubstr(spoilt.complaint));
    // As the key begins in the file.
    EXPECT_THAT(message, Not(HasSubstr(ContentOf(made_->key("registry")).substr(28, 20))));
  }
}

TEST_F(CertificateFilesTest, WhatIsNoPairChangesNothing) {
  const auto files = CertificateFiles::OpenPair(certificate_, key_);
  ASSERT_TRUE(files.ok()) << files.status();
  const auto before = (*files)->pem();
  EXPECT_EQ(*before, Both("registry"));
  for (const Spoilt& spoilt : kSpoilt) {
    SCOPED_TRACE(spoilt.what);
    Put("registry");
    spoilt.spoil(*made_, certificate_, key_);
    (*files)->ReadAgain();
    EXPECT_EQ((*files)->pem(), before);
    EXPECT_EQ(ContentOf((*files)->held_at()), *before);
  }
  Put("scoring");
  (*files)->ReadAgain();
  EXPECT_EQ(*(*files)->pem(), Both("scoring")) << "a sound one is taken all the same";
}

TEST_F(CertificateFilesTest, WhatIsReplacedIsHeldInOneStepAndSeenToBeNew) {
  const auto files = CertificateFiles::OpenPair(certificate_, key_);
  ASSERT_TRUE(files.ok()) << files.status();
  const std::string held_at = (*files)->held_at();
  EXPECT_EQ(ContentOf(held_at), Both("registry"));
  const time_t before = ChangedAt(held_at);
  EXPECT_NE(before, 0) << "gRPC takes a file of no time for none";
  (*files)->ReadAgain();
  EXPECT_EQ(ChangedAt(held_at), before);

  std::ifstream being_read(held_at, std::ios::binary);
  Put("scoring");
  (*files)->ReadAgain();
  EXPECT_EQ((*files)->held_at(), held_at);
  EXPECT_EQ(ContentOf(held_at), Both("scoring"));
  EXPECT_NE(ChangedAt(held_at), before) << "within one second";
  std::stringstream content;
  content << being_read.rdbuf();
  EXPECT_EQ(content.str(), Both("registry")) << "who has opened it reads it to its end";
}

TEST_F(CertificateFilesTest, AChainAndItsKeyMayBeOneFile) {
  const std::string all = absl::StrCat(ContentOf(made_->key("registry")),
                                       ContentOf(made_->pem("registry")), ContentOf(made_->ca()));
  Write(certificate_, all);
  const auto files = CertificateFiles::OpenPair(certificate_, certificate_);
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_THAT(*(*files)->pem(), HasSubstr(ContentOf(made_->ca())));
}

TEST_F(CertificateFilesTest, AuthoritiesAreCertificates) {
  const auto files = CertificateFiles::OpenAuthorities(made_->ca());
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_EQ(*(*files)->pem(), ContentOf(made_->ca()) + "\n");
  for (const std::string& none : {made_->key("registry"), std::string("/nowhere/ca.pem"),
                                  made_->folder().string(), std::string("/dev/null")}) {
    EXPECT_EQ(CertificateFiles::OpenAuthorities(none).status().code(),
              absl::StatusCode::kInvalidArgument)
        << none;
  }
}

}  // namespace
}  // namespace thidua::platform
