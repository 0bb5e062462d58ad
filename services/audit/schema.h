// The tables of the audit, in the database of each service that takes mutations.
#ifndef THIDUA_SERVICES_AUDIT_SCHEMA_H_
#define THIDUA_SERVICES_AUDIT_SCHEMA_H_

namespace thidua::audit {

// A migration.
extern const char kSchema[];

}  // namespace thidua::audit

#endif  // THIDUA_SERVICES_AUDIT_SCHEMA_H_
