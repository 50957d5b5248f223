#include <gtest/gtest.h>
#include <sys/mount.h>

#include <chrono>
#include <fstream>

#include "faults/acknowledged.hpp"

namespace byline::test {
namespace {

/// A small disk of its own, in memory; filled up with a file, and freed by taking that away.
class SmallDisk {
 public:
  SmallDisk() { mounted_ = ::mount("tmpfs", directory_.path().c_str(), "tmpfs", 0, "size=32m") == 0; }
  ~SmallDisk() {
    if (mounted_) ::umount2(directory_.path().c_str(), MNT_DETACH);
  }
  bool is_mounted() const { return mounted_; }
  const std::filesystem::path& path() const { return directory_.path(); }

  void fill() const {
    std::ofstream ballast(directory_ / "ballast", std::ios::binary);
    std::string block(64 * 1024, 'x');
    while (ballast.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
    }
  }
  void free_up() const { std::filesystem::remove(directory_ / "ballast"); }

 private:
  TempDirectory directory_;
  bool mounted_ = false;
};

bool comes_true(const std::function<bool()>& condition) {
  using namespace std::chrono_literals;
  for (int i = 0; i < 3000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

TEST(DiskFull, RefusesWritesServesReadsAndRecoversByItself) {
  SmallDisk disk;
  if (!disk.is_mounted()) GTEST_SKIP() << "mounting a small disk takes root";
  Service service({}, {}, disk.path() / "data");
  auto admin = service.admin();
  auto role = role_id(*admin, "intake_worker");
  auto before = register_application(*admin, "Before", "before@example.org", {"intake_worker"});

  disk.fill();
  std::vector<Acknowledged> acknowledged;
  {
    WriteLoad load(service, role, 4, "full");
    load.finish();  // each client ends with a refusal
    acknowledged = load.acknowledged();
    EXPECT_EQ(load.unanswered().size(), 0U) << service.log();
    ASSERT_EQ(load.refused().size(), 4U);
    for (const auto& reply : load.refused()) {
      EXPECT_EQ(reply.status, 503) << reply.body;
      // Whoever was in the write that failed cannot be told more; all later ones may come again.
      bool in_doubt = reply.codes() == "outcome_unknown";
      EXPECT_TRUE(in_doubt || reply.codes() == "unavailable") << reply.body;
      EXPECT_EQ(reply.header("retry-after"), in_doubt ? "" : "1");
    }
  }
  EXPECT_TRUE(comes_true([&] { return admin->get("/admin/applications/" + before.id).status == 200; }))
      << "what was acknowledged cannot be read while the disk is full";
  EXPECT_EQ(service.client()->get("/health/live").status, 200);

  disk.free_up();
  EXPECT_TRUE(comes_true([&] { return service.client()->get("/health/ready").status == 200; }));
  expect_all_there(service, acknowledged);
  register_application(*admin, "After", "after@example.org", {"intake_worker"});
  EXPECT_EQ(service.stop(), 0);
  auto rebuilt = run_byline({"rebuild", "--data", (disk.path() / "data").string(), "--all"});
  EXPECT_EQ(rebuilt.status, 0) << rebuilt.output << rebuilt.errors;
}

}  // namespace
}  // namespace byline::test
