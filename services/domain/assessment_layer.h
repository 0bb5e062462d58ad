// Who gave points to a unit (cấp chấm điểm). A value; safe to use from any thread.
#ifndef THIDUA_SERVICES_DOMAIN_ASSESSMENT_LAYER_H_
#define THIDUA_SERVICES_DOMAIN_ASSESSMENT_LAYER_H_

namespace thidua::domain {

enum class Layer {
  kSelf,      // The unit itself (tự chấm).
  kPeer,      // Another member of the bloc (chấm chéo).
  kBloc,      // The bloc, after its leader's check (khối chấm, phúc tra).
  kProvince,  // The provincial board (tỉnh thẩm định).
};

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_ASSESSMENT_LAYER_H_
