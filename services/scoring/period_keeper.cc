#include "services/scoring/period_keeper.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "services/domain/fault.h"
#include "services/domain/return_if_error.h"
#include "services/platform/call.h"
#include "services/platform/errors.h"
#include "services/platform/log.h"
#include "services/platform/trace.h"
#include "thidua/results/v1/results_service.grpc.pb.h"

namespace thidua::scoring {
namespace {

bool IsRefusal(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAborted:
      return !domain::FaultsOf(status).empty();
    default:
      return false;
  }
}

class GrpcKeeper : public PeriodKeeper {
 public:
  explicit GrpcKeeper(const std::shared_ptr<grpc::Channel>& results)
      : results_(results::v1::ResultsService::NewStub(results)) {}

  absl::StatusOr<ReceivedPeriod> Inputs(const std::string& period, int64_t version,
                                        absl::Time until) override {
    results::v1::GetPeriodInputsRequest request;
    request.set_name(period);
    request.set_version(version);
    results::v1::GetPeriodInputsResponse response;
    RETURN_IF_ERROR(Call(until, [&](grpc::ClientContext* context) {
      return results_->GetPeriodInputs(context, request, &response);
    }));
    return ReceivedPeriod{std::move(*response.mutable_inputs()), response.store_id(),
                          response.store_epoch_ms()};
  }

  absl::StatusOr<results::v1::Seal> Seal(const results::v1::SealPeriodRequest& request,
                                         const std::string& on_behalf_of,
                                         absl::Time until) override {
    results::v1::SealPeriodResponse response;
    RETURN_IF_ERROR(Call(until, [&](grpc::ClientContext* context) {
      context->AddMetadata(platform::kOnBehalfOf, on_behalf_of);
      return results_->SealPeriod(context, request, &response);
    }));
    return std::move(*response.mutable_seal());
  }

  absl::Status Reopen(const results::v1::ReopenPeriodRequest& request,
                      const std::string& on_behalf_of, absl::Time until) override {
    results::v1::ReopenPeriodResponse response;
    return Call(until, [&](grpc::ClientContext* context) {
      context->AddMetadata(platform::kOnBehalfOf, on_behalf_of);
      return results_->ReopenPeriod(context, request, &response);
    });
  }

 private:
  static absl::Status Call(absl::Time until,
                           absl::FunctionRef<grpc::Status(grpc::ClientContext*)> once) {
    grpc::ClientContext context;
    if (const std::string& trace = platform::Traced::Traceparent(); !trace.empty()) {
      context.AddMetadata(platform::kTraceparent, trace);
    }
    context.set_deadline(absl::ToChronoTime(std::min(until, absl::Now() + kKeeperPatience)));
    const absl::Status status = platform::FromGrpcStatus(once(&context));
    if (status.ok() || IsRefusal(status)) return status;
    platform::Log(platform::Severity::kWarning, "results-ingest does not answer",
                  {{"why", status.ToString()}});
    return platform::Refusal(
        absl::StatusCode::kUnavailable, "", "RESULTS_AWAY",
        "Dịch vụ tiếp nhận kết quả đang mất liên lạc; vui lòng thử lại sau giây lát.");
  }

  const std::unique_ptr<results::v1::ResultsService::Stub> results_;
};

}  // namespace

std::unique_ptr<PeriodKeeper> KeeperAt(const std::shared_ptr<grpc::Channel>& results) {
  return std::make_unique<GrpcKeeper>(results);
}

}  // namespace thidua::scoring
