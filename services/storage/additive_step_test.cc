#include "services/storage/additive_step.h"

#include <gtest/gtest.h>

namespace thidua::storage {
namespace {

TEST(AdditiveStepTest, SaysSoInItsFirstLine) {
  EXPECT_TRUE(SaysAdditive("-- additive\nCREATE INDEX a ON b (c)"));
  EXPECT_TRUE(SaysAdditive("\n  -- additive\n  CREATE INDEX a ON b (c)"));
  EXPECT_FALSE(SaysAdditive("CREATE INDEX a ON b (c) -- additive\n"));
  EXPECT_FALSE(SaysAdditive("-- additive, but for the key\nCREATE INDEX a ON b (c)"));
}

TEST(AdditiveStepTest, AddsTablesColumnsAndIndexes) {
  for (const char* step : {
           "-- additive",
           "-- additive\nCREATE TABLE a (b TEXT NOT NULL, PRIMARY KEY (b))",
           "-- additive\nCREATE TABLE a (b TEXT); CREATE UNIQUE INDEX c ON a(b) WHERE b <> '';",
           "-- additive\n-- what for; and why\nCREATE INDEX a ON b (c);\n",
           "-- additive\nALTER TABLE a ADD COLUMN b TEXT;",
           "-- additive\nalter table a add column b BIGINT NOT NULL DEFAULT 0",
       }) {
    EXPECT_TRUE(CheckAdditive(step).ok()) << CheckAdditive(step);
  }
}

TEST(AdditiveStepTest, WhatAnOlderBuildWouldTripOverIsNone) {
  for (const char* step : {
           "-- additive\nDROP TABLE a",
           "-- additive\nALTER TABLE a DROP COLUMN b",
           "-- additive\nALTER TABLE a RENAME COLUMN b TO c",
           "-- additive\nALTER TABLE a ADD COLUMN b TEXT NOT NULL",
           "-- additive\nALTER TABLE a ADD COLUMN b TEXT REFERENCES c (b)",
           "-- additive\nALTER TABLE a ADD COLUMN b BIGINT CHECK (b > 0)",
           "-- additive\nALTER TABLE a ADD COLUMN b BIGINT, DROP COLUMN c",
           "-- additive\nALTER TABLE a ADD CONSTRAINT b UNIQUE (c)",
           "-- additive\nCREATE UNIQUE INDEX a ON b (c)",
           "-- additive\nCREATE TABLE a (b TEXT REFERENCES c (b))",
           "-- additive\nUPDATE a SET b = 1",
           "-- additive\nCREATE INDEX a ON b (c); DELETE FROM b",
       }) {
    EXPECT_EQ(CheckAdditive(step).code(), absl::StatusCode::kInternal) << step;
  }
}

}  // namespace
}  // namespace thidua::storage
