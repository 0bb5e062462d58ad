// Blocs between their message and their domain form.
#ifndef THIDUA_SERVICES_MESSAGES_BLOC_H_
#define THIDUA_SERVICES_MESSAGES_BLOC_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/domain/bloc.h"
#include "thidua/registry/v1/bloc.pb.h"

namespace thidua::messages {

// All faults of names and days that cannot be read, under `path`. A kind of role that is not of the
// contract is none. Whether the bloc is sound is domain::ValidateBloc's to say.
absl::StatusOr<domain::Bloc> ReadBloc(absl::string_view path, const registry::v1::Bloc& message);

// As answers carry it; without version and etag.
registry::v1::Bloc BlocMessage(const domain::Bloc& bloc);

}  // namespace thidua::messages

#endif  // THIDUA_SERVICES_MESSAGES_BLOC_H_
