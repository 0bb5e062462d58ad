// Two shorthands for absl::Status, so that a function's own steps stay readable:
//
//   RETURN_IF_ERROR(CheckEtag(pact, request.etag()));
//   ASSIGN_OR_RETURN(const PactName name, ReadPactName("pact", request.pact()));
#ifndef THIDUA_SERVICES_DOMAIN_RETURN_IF_ERROR_H_
#define THIDUA_SERVICES_DOMAIN_RETURN_IF_ERROR_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Each use names its variable by __COUNTER__: one may stand in a lambda within another.
#define RETURN_IF_ERROR(expression) \
  RETURN_IF_ERROR_NAMED_(THIDUA_JOIN_(status_, __COUNTER__), expression)
#define RETURN_IF_ERROR_NAMED_(named, expression)                     \
  do {                                                                \
    if (absl::Status named = (expression); !named.ok()) return named; \
  } while (false)

#define ASSIGN_OR_RETURN(target, expression) \
  ASSIGN_OR_RETURN_NAMED_(THIDUA_JOIN_(status_or_, __COUNTER__), target, expression)
#define ASSIGN_OR_RETURN_NAMED_(named, target, expression) \
  auto named = (expression);                               \
  if (!named.ok()) return named.status();                  \
  target = *std::move(named)
#define THIDUA_JOIN_(a, b) THIDUA_JOIN_AGAIN_(a, b)
#define THIDUA_JOIN_AGAIN_(a, b) a##b

#endif  // THIDUA_SERVICES_DOMAIN_RETURN_IF_ERROR_H_
