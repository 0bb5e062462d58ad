// How a call of a load is made: with how much patience, and by whom.
#ifndef THIDUA_TESTS_LOAD_CALL_H_
#define THIDUA_TESTS_LOAD_CALL_H_

#include <grpcpp/grpcpp.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/bench/bench.h"

namespace thidua::load {

inline constexpr absl::Duration kPatience = absl::Seconds(30);
// For what a whole country takes on a machine that others use too.
inline constexpr absl::Duration kSetUpPatience = absl::Minutes(15);

// `token`: of whoever asks; empty: of somebody whom the line shows.
inline void Prepare(grpc::ClientContext& context, const std::string& token,
                    absl::Duration patience = kPatience) {
  if (!token.empty()) context.AddMetadata("authorization", absl::StrCat("Bearer ", token));
  context.set_wait_for_ready(true);  // The first call makes the line.
  context.set_deadline(absl::ToChronoTime(absl::Now() + patience));
}

// What a call under way needs until it is answered.
template <typename Request, typename Response>
struct Asked {
  explicit Asked(const std::string& token) { Prepare(context, token); }

  const absl::Time at = absl::Now();
  grpc::ClientContext context;
  Request request;
  Response response;
};

// Of what comes before a load, by the administrator: asks until it is answered. Ends the process
// when it is refused.
template <typename Request, typename Response, typename Stub>
Response AskUntilAnswered(Stub& stub,
                          grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                       Response*),
                          const Request& request) {
  Response response;
  grpc::Status status;
  const absl::Time until = absl::Now() + kSetUpPatience;
  do {  // What it builds on may still be on its way to another service.
    grpc::ClientContext context;
    Prepare(context, "", until - absl::Now());
    status = (stub.*method)(&context, request, &response);
  } while (status.error_code() == grpc::StatusCode::UNAVAILABLE && absl::Now() < until);
  bench::Must(status);
  return response;
}

}  // namespace thidua::load

#endif  // THIDUA_TESTS_LOAD_CALL_H_
