// Which package may import which, by the tags in each package.json. The npm half of the table is `npm-packages.mjs`.
const may = (sourceTag, ...tags) => ({ sourceTag, onlyDependOnLibsWithTags: tags })

export const boundaries = {
  enforceBuildableLibDependency: false,
  banTransitiveDependencies: false,
  // An app or the list of bindings imports a module with `import()` inside `bind` (checked by `module-in-app`); this must not forbid other modules' tests.
  checkDynamicDependenciesExceptions: ['.*'],
  depConstraints: [
    may('type:app', 'type:bindings', 'type:module', 'type:contract', 'type:platform', 'type:kernel'),
    may('type:bindings', 'type:module', 'type:contract', 'type:platform', 'type:kernel'),
    may('type:module', 'type:contract', 'type:platform', 'type:kernel'),
    may('type:contract', 'type:kernel'),
    may('type:platform', 'type:platform', 'type:kernel'),
    may('type:kernel'),
    may('type:tool', 'type:bindings', 'type:module', 'type:contract', 'type:platform', 'type:kernel', 'type:app'),
  ],
}
