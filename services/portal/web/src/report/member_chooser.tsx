// Which unit acts: chosen from the pact's members.
import type { Member } from "../api/report";

const roles: Partial<Record<Member["role"], string>> = {
  ROLE_LEADER: " (khối trưởng)",
  ROLE_DEPUTY: " (khối phó)",
};

export function MemberChooser({
  id,
  name,
  members,
  unit,
  choose,
  fault = "",
}: {
  id: string;
  name: string;
  members: Member[];
  unit: string;
  choose: (unit: string) => void;
  fault?: string;
}) {
  return (
    <div class="field">
      <label for={id}>{name}</label>
      <select
        id={id}
        value={unit}
        aria-invalid={fault !== ""}
        aria-describedby={fault === "" ? undefined : `${id}-loi`}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        {unit === "" && <option value="">(chọn đơn vị)</option>}
        {members.map((member) => (
          <option key={member.unit} value={member.unit}>
            {member.displayName}
            {roles[member.role] ?? ""}
          </option>
        ))}
      </select>
      {fault !== "" && (
        <span id={`${id}-loi`} class="field-fault">
          {fault}
        </span>
      )}
    </div>
  );
}

/** Who usually acts: the first of that role, else the first of the next; nobody where no role is named. */
export function usual(members: Member[], ...wanted: Member["role"][]): string {
  for (const role of wanted) {
    const member = members.find((one) => one.role === role);
    if (member) return member.unit;
  }
  return "";
}
