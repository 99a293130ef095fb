import { importGraph, type PackageImports } from '../import-graph.js'
import { markdownTable, page } from './markdown.js'

const layers = ['app', 'bindings', 'module', 'contract', 'platform', 'kernel', 'tool']

/** The imports between packages: a new dependency shows up in review as one more line. */
export function graphPage(): string {
  const graph = importGraph()
  return page('# Imports between packages', 'Tests are left out.', drawing(graph), ...layers.map((layer) => layerTable(layer, graph)))
}

function drawing(graph: PackageImports[]): string {
  const groups = layers.flatMap((layer) => {
    const names = graph.filter((one) => one.layer === layer).map(({ name }) => `    ${shortName(name)}`)
    return names.length === 0 ? [] : [`  subgraph ${layer}`, ...names, '  end']
  })
  const edges = graph.flatMap(({ name, imports }) => imports.map((target) => `  ${shortName(name)} --> ${shortName(target)}`))
  return ['```mermaid', 'graph LR', ...groups, ...edges, '```'].join('\n')
}

function layerTable(layer: string, graph: PackageImports[]): string {
  const rows = graph
    .filter((one) => one.layer === layer)
    .map(({ name, imports, npm }) => [shortName(name), imports.map(shortName).join(', ') || '-', npm.join(', ') || '-'])
  return `## ${layer}\n\n${markdownTable(['package', 'imports', 'npm'], rows)}`
}

const shortName = (name: string): string => name.replace('@kilomega/', '')
