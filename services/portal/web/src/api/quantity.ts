// thidua/type/v1/quantity.proto

export interface Quantity {
  state:
    | "STATE_UNSPECIFIED"
    | "STATE_VALUE"
    | "STATE_NOT_REPORTED"
    | "STATE_NOT_ASSIGNED"
    | "STATE_NOT_COMPUTABLE";
  value: string;
  qualifier: string;
  measure: string;
  text: string;
}
