import type { colorsFor } from '../terminal/colors.js'
import { tableText } from '../terminal/table.js'
import type { Usage } from './usage-meter.js'

export interface ShapeRow {
  name: string
  ports: readonly number[]
  state: ShapeState
  /** The names of its failing checks. */
  problems: readonly string[]
  usage?: Usage | undefined
}

export type ShapeState = 'up' | 'degraded' | 'not ready' | 'unreachable' | 'down'

type Colors = ReturnType<typeof colorsFor>

/** The table that a person watches. */
export function shapeTableText(rows: readonly ShapeRow[], colors: Colors, columns?: number): string {
  const cells = rows.map(({ name, ports, state, problems, usage }) => [
    name,
    ports.join(' '),
    stateText(state, problems, colors),
    usage === undefined ? '' : usage.cpuPercent.toFixed(0),
    usage === undefined ? '' : usage.memoryMb.toFixed(0),
  ])
  return tableText(['process', 'port', 'state', 'CPU %', 'memory MB'], cells, {
    numbers: ['CPU %', 'memory MB'],
    whole: ['process', 'port'],
    columns,
  })
}

function stateText(state: ShapeState, problems: readonly string[], colors: Colors): string {
  const color = { up: colors.green, degraded: colors.yellow, 'not ready': colors.yellow, unreachable: colors.red, down: colors.red }[state]
  return color(problems.length === 0 ? state : `${state}: ${problems.join(', ')}`)
}
