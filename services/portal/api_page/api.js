// Shows /openapi.json for people: services, their operations, and what goes in and out of each. What is inside
// an operation or a type is written when it is opened: the whole would be tens of thousands of elements.

const verbs = ["get", "post", "put", "patch", "delete"];
const places = { path: "trong đường dẫn", query: "sau dấu ?", header: "tiêu đề HTTP" };

// Its text goes in as text only, never as HTML.
function element(name, properties, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (key === "class") made.className = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

// `code` within a line.
function inline(text) {
  return text.split("`").map((part, i) => (i % 2 === 1 ? element("code", {}, part) : part));
}

// Paragraphs and lists, which is all the Markdown that the document has.
function prose(text) {
  const blocks = [];
  for (const block of (text ?? "").split("\n\n")) {
    let list = null;
    for (const line of block.split("\n")) {
      if (line.startsWith("- ")) {
        if (list === null) blocks.push((list = element("ul", {})));
        list.append(element("li", {}, ...inline(line.slice(2))));
      } else if (line !== "") {
        list = null;
        blocks.push(element("p", {}, ...inline(line)));
      }
    }
  }
  return blocks;
}

function english(text) {
  return text ? element("div", { lang: "en" }, ...prose(text)) : null;
}

// Filled when it is opened for the first time.
function unfolding(properties, summary, fill) {
  const details = element("details", properties, summary);
  details.addEventListener("toggle", () => {
    if (details.childElementCount === 1) details.append(...fill().filter((child) => child !== null));
  });
  return details;
}

class Reader {
  constructor(document) {
    this.document = document;
  }

  resolved(value) {
    if (value?.$ref === undefined) return value;
    return value.$ref
      .slice(2)
      .split("/")
      .reduce((at, key) => at[key], this.document);
  }

  // A schema's reference, also where a description stands beside it.
  referenceOf(schema) {
    return schema.$ref ?? schema.allOf?.[0]?.$ref;
  }

  // "list of Unit", "text (int64)".
  kindOf(schema) {
    const reference = this.referenceOf(schema);
    if (reference !== undefined) return reference.split("/").pop();
    if (schema.type === "array") return `danh sách ${this.kindOf(schema.items)}`;
    if (schema.additionalProperties) return `bảng tra ${this.kindOf(schema.additionalProperties)}`;
    if (schema.oneOf) return schema.oneOf.map((one) => this.kindOf(one)).join(" | ");
    if (schema.enum) return schema.enum.map((value) => `"${value}"`).join(" | ");
    return [schema.type, schema.format && `(${schema.format})`, schema.pattern].filter(Boolean).join(" ");
  }

  // The types that can be opened within a schema.
  typesIn(schema) {
    if (this.referenceOf(schema) !== undefined) return [this.referenceOf(schema)];
    if (schema.items) return this.typesIn(schema.items);
    if (schema.additionalProperties) return this.typesIn(schema.additionalProperties);
    return (schema.oneOf ?? []).flatMap((one) => this.typesIn(one));
  }

  // What is said of the types that a schema leads to at once, and within one step: there stand the Vietnamese words.
  saidOf(schema) {
    return this.typesIn(schema).flatMap((reference) => {
      const type = this.resolved({ $ref: reference });
      const within = Object.values(type.properties ?? {}).flatMap((field) => this.typesIn(field));
      return [type, ...within.map((inner) => this.resolved({ $ref: inner }))].map((each) => each.description ?? "");
    });
  }

  // All that an operation is found by.
  textOf(path, verb, operation) {
    const contents = [operation.requestBody?.content, operation.responses["200"].content];
    const said = contents.flatMap((content) => Object.values(content ?? {})).flatMap(({ schema }) => this.saidOf(schema));
    return plain([verb, path, operation.operationId, operation.summary, operation.description, ...said].join(" "));
  }

  // Each type that a schema leads to, folded; or, of one that has no name, its fields.
  unfold(schema) {
    if (schema.properties) return [this.fields(schema)];
    if (schema.items && this.typesIn(schema).length === 0) return this.unfold(schema.items);
    return this.typesIn(schema).map((reference) => {
      const type = this.resolved({ $ref: reference });
      return unfolding({ class: "schema" }, element("summary", {}, element("code", {}, reference.split("/").pop())), () => [
        english(type.description),
        type.enum ? element("ul", { class: "fields" }, ...type.enum.map((value) => element("li", {}, element("code", {}, value)))) : null,
        type.properties ? this.fields(type) : null,
        type.properties || type.enum ? null : element("p", {}, "Không có trường nào."),
      ]);
    });
  }

  fields(schema) {
    const rows = Object.entries(schema.properties).map(([name, field]) =>
      element(
        "li",
        field.deprecated ? { class: "deprecated" } : {},
        element("code", {}, name),
        " ",
        element("span", { class: "kind" }, this.kindOf(field)),
        schema.required?.includes(name) ? " " : null,
        schema.required?.includes(name) ? element("span", { class: "mark" }, "luôn có") : null,
        english(field.description),
        ...this.unfold(field),
      ),
    );
    return element("ul", { class: "fields" }, ...rows);
  }

  parameters(operation) {
    const parameters = (operation.parameters ?? []).map((parameter) => this.resolved(parameter));
    if (parameters.length === 0) return [];
    return [
      element("h3", {}, "Tham số"),
      element(
        "ul",
        { class: "fields" },
        ...parameters.map((parameter) =>
          element(
            "li",
            parameter.deprecated ? { class: "deprecated" } : {},
            element("code", {}, parameter.name),
            " ",
            element("span", { class: "kind" }, `${places[parameter.in]}, ${this.kindOf(parameter.schema)}`),
            parameter.required ? " " : null,
            parameter.required ? element("span", { class: "mark" }, "bắt buộc") : null,
            english(parameter.description),
            ...this.unfold(parameter.schema),
          ),
        ),
      ),
    ];
  }

  content(content) {
    return Object.entries(content ?? {}).map(([type, { schema }]) =>
      element("div", {}, element("p", {}, element("code", {}, type), " ", element("span", { class: "kind" }, this.kindOf(schema))), ...this.unfold(schema)),
    );
  }

  inside(operation) {
    const body = operation.requestBody;
    const answers = Object.entries(operation.responses).flatMap(([status, reference]) => {
      const answer = this.resolved(reference);
      const headers = Object.entries(answer.headers ?? {}).map(([name, header]) =>
        element("li", {}, element("code", {}, name), english(header.description)),
      );
      return [
        element("h3", {}, status === "default" ? "Lỗi" : `Trả lời ${status}`),
        english(answer.description),
        headers.length > 0 ? element("ul", { class: "fields" }, ...headers) : null,
        ...this.content(answer.content),
      ];
    });
    const rpc = operation["x-thidua-rpc"];
    return element(
      "div",
      { class: "inside" },
      operation.deprecated ? element("p", {}, "Không nên dùng nữa (deprecated).") : null,
      english(operation.description),
      element(
        "p",
        { class: "kind" },
        element("a", { href: `#${operation.operationId}` }, "Liên kết đến thao tác này"),
        ...(rpc ? [" · gRPC: ", element("code", {}, rpc)] : []),
      ),
      ...this.parameters(operation),
      ...(body ? [element("h3", {}, "Nội dung gửi"), english(body.description), ...this.content(body.content)] : []),
      ...answers,
    );
  }
}

// Marks and capitals aside: "dang ky" finds "đăng ký".
function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();
}

function operationsOf(document) {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    verbs.filter((verb) => item[verb]).map((verb) => ({ path, verb, operation: item[verb] })),
  );
}

function show(document_) {
  const reader = new Reader(document_);
  const shown = [];
  document.querySelector("#about-text").append(...prose(document_.info.description));
  for (const tag of document_.tags) {
    const members = operationsOf(document_).filter(({ operation }) => operation.tags.includes(tag.name));
    const section = element("section", { id: tag.name, "aria-labelledby": `${tag.name}-heading` });
    section.append(element("h2", { id: `${tag.name}-heading`, lang: "en" }, tag.name));
    if (tag.description) {
      section.append(
        unfolding({ class: "schema" }, element("summary", {}, `Về ${tag.name}`), () => [
          element("div", { class: "inside" }, english(tag.description)),
        ]),
      );
    }
    for (const { path, verb, operation } of members) {
      const details = unfolding(
        { class: operation.deprecated ? "operation deprecated" : "operation", id: operation.operationId },
        element(
          "summary",
          {},
          element("span", { class: `verb ${verb}` }, verb.toUpperCase()),
          element("code", { class: "path" }, path),
          element("span", { class: "name", lang: "en" }, operation.operationId),
        ),
        () => [reader.inside(operation)],
      );
      section.append(details);
      shown.push({ details, section, text: reader.textOf(path, verb, operation) });
    }
    document.querySelector("#operations").append(section);
    document
      .querySelector("#services")
      .append(element("li", {}, element("a", { href: `#${tag.name}`, lang: "en" }, `${tag.name} (${members.length})`)));
  }
  return shown;
}

// Every word is somewhere in it.
function filter(shown, query) {
  const words = plain(query).split(/\s+/).filter(Boolean);
  let count = 0;
  const sections = new Set();
  for (const { details, section, text } of shown) {
    details.hidden = !words.every((word) => text.includes(word));
    if (!details.hidden) sections.add(section);
    if (!details.hidden) count += 1;
  }
  for (const { section } of shown) section.hidden = !sections.has(section);
  document.querySelector("#found").textContent =
    count === shown.length ? `${count} thao tác` : count === 0 ? "Không có thao tác nào khớp." : `${count} / ${shown.length} thao tác`;
}

// "/api#GetRanking" opens that operation, whatever is being looked for.
function openNamed(shown) {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!named?.matches(".operation, #operations > section")) return;
  if (named.closest("[hidden]")) {
    document.querySelector("#query").value = "";
    filter(shown, "");
  }
  if (named.matches(".operation")) named.open = true;
  named.scrollIntoView();
  named.querySelector("summary")?.focus({ preventScroll: true });
}

try {
  const answer = await fetch("/openapi.json");
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  const shown = show(await answer.json());
  const query = document.querySelector("#query");
  query.addEventListener("input", () => filter(shown, query.value));
  document.querySelector("#search").addEventListener("submit", (event) => event.preventDefault());
  filter(shown, query.value);
  addEventListener("hashchange", () => openNamed(shown));
  openNamed(shown);
} catch (error) {
  document.querySelector("#found").textContent = `Không tải được openapi.json (${error.message}). Hãy tải lại trang.`;
}
