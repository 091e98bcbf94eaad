// SPDX-License-Identifier: MIT
// kubernetes.js FOLDER [restricted]: checks the objects on standard input, in YAML, against the schemas
// of Kubernetes that are in FOLDER, and says what is wrong with them. With "restricted" also what the
// policy of this name for pods would refuse, see "Pod Security Standards" in Kubernetes' documentation.
"use strict";
const fs = require("fs");
const { createRequire } = require("module");

const [folder, policy] = process.argv.slice(2);
const load = createRequire(fs.realpathSync(folder) + "/");
const yaml = load("yaml");
const wrong = [];

function model({ apiVersion, kind }) {
	// The package has a folder for each group, with the suffix that the group has.
	const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
	const path = ["kubernetes-models", group, version, kind].filter(Boolean).join("/");
	return load(path)[kind];
}

// The schemas let pass what they do not know. What they have not asked for is such a key.
function watched(value, path, unread) {
	if (value === null || typeof value !== "object")
		return value;
	const copy = Array.isArray(value) ? [] : {};
	for (const key of Object.keys(value)) {
		const here = `${path}/${key}`;
		const child = watched(value[key], here, unread);
		if (!Array.isArray(value))
			unread.add(here);
		Object.defineProperty(copy, key, {
			enumerable: true,
			get() {
				unread.delete(here);
				return child;
			},
		});
	}
	return copy;
}

function checkSchema(object, name) {
	const unread = new Set();
	const Model = model(object);
	try {
		const instance = new Model({});
		Object.defineProperties(instance, Object.getOwnPropertyDescriptors(watched(object, "", unread)));
		instance.validate();
	} catch (error) {
		wrong.push(`${name}: ${error.message}`);
		return;
	}
	for (const key of unread)
		wrong.push(`${name}: no such key: ${key}`);
}

function checkPolicy(object, name) {
	const spec = object.kind === "Pod" ? object.spec : object.spec?.template?.spec;
	if (!spec)
		return;
	for (const key of ["hostPID", "hostIPC", "hostNetwork"])
		if (spec[key])
			wrong.push(`${name}: ${key}`);
	for (const volume of spec.volumes ?? [])
		if (volume.hostPath)
			wrong.push(`${name}: a folder of the node, ${volume.hostPath.path}`);
	for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
		// The others are the user's.
		if (container.name !== "runstatd")
			continue;
		const context = { ...spec.securityContext, ...container.securityContext };
		const rules = {
			"runs as root": context.runAsNonRoot === true && context.runAsUser > 0,
			"may gain privileges": context.allowPrivilegeEscalation === false,
			"keeps capabilities": context.capabilities?.drop?.includes("ALL") && !context.capabilities.add,
			"no seccomp profile": context.seccompProfile?.type === "RuntimeDefault",
			"may write its root": context.readOnlyRootFilesystem === true,
			"no limit of memory": Boolean(container.resources?.limits?.memory),
		};
		for (const [what, holds] of Object.entries(rules))
			if (!holds)
				wrong.push(`${name}: ${container.name}: ${what}`);
	}
}

let n = 0;
for (const document of yaml.parseAllDocuments(fs.readFileSync(0, "utf8"), { uniqueKeys: true })) {
	wrong.push(...document.errors.map((error) => error.message));
	const object = document.toJS();
	const name = `${object.kind} ${object.metadata?.name}`;
	checkSchema(object, name);
	if (policy === "restricted")
		checkPolicy(object, name);
	n++;
}
console.log(wrong.length > 0 ? wrong.join("\n") : `${n} objects`);
process.exit(wrong.length > 0 ? 1 : 0);
