// Rebuilds of views are asked for, and called off, by whoever may edit the organization.

#include <gtest/gtest.h>

#include "domain/example.hpp"
#include "domain/given.hpp"

namespace byline::test {
namespace {

const RebuildId kJob = numbered_id<RebuildId>(90);

TEST(Rebuild, IsToldOfEachView) {
  given(acme())
      .as(kAnn)
      .when(StartRebuild{kJob, {"roles", "audit"}, 1'000})
      .then({{projection_subject("roles"), RebuildStarted{"roles", kJob, 1'000}},
             {projection_subject("audit"), RebuildStarted{"audit", kJob, 1'000}}});
  given(acme())
      .as(kAnn)
      .when(CancelRebuild{kJob, {"roles", "audit"}, false})
      .then({{projection_subject("roles"), RebuildCancelled{"roles", kJob}},
             {projection_subject("audit"), RebuildCancelled{"audit", kJob}}});
}

TEST(Rebuild, ThatIsSettledIsNotCancelled) {
  given(acme())
      .as(kAnn)
      .when(CancelRebuild{kJob, {"roles"}, true})
      .refused({{Code::projection_job_over, ""}});
}

TEST(Rebuild, IsForWhoMayEditTheOrganization) {
  given(acme()).as(kBen).when(StartRebuild{kJob, {"roles"}, {}}).refused({{Code::permission_missing, ""}});
  for (bool is_settled : {false, true})
    given(acme())
        .as(kBen)
        .when(CancelRebuild{kJob, {"roles"}, is_settled})
        .refused({{Code::permission_missing, ""}});
}

TEST(Rebuild, WhatBecameOfItIsTheSystemsToTell) {
  NoteProjection note{RebuildFailed{"roles", kJob, 3, "the disk is full"}};
  given(acme())
      .as(kSystemAccount)
      .when(note)
      .then({{projection_subject("roles"), RebuildFailed{"roles", kJob, 3, "the disk is full"}}});
  given(acme()).as(kAnn).when(note).refused({{Code::permission_missing, ""}});
}

}  // namespace
}  // namespace byline::test
