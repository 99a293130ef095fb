const [table, name] = ['(?:"[^"]+"\\.)?"([^"]+)"', '"([^"]+)"']
const quoted = /'(?:[^']|'')*'|"[^"]+"/g

/** The words that stand above a statement that drops something; undefined for any other. `all` are the statements of the same migration. */
export function dropWarning(statement: string, all: readonly string[]): string | undefined {
  const [, , column] = match(`^ALTER TABLE ${table} DROP COLUMN ${name}`, statement)
  if (column !== undefined) {
    const isAdded = all.some((other) => other.startsWith(statement.replace(' DROP COLUMN ', ' ADD ') + ' '))
    const instead = isAdded ? `, and adds it empty. To keep it, write one ALTER COLUMN "${column}" TYPE … instead` : ''
    return `DROPS the column "${column}" with all that is in it${instead}`
  }
  const [, index] = match(`^DROP INDEX ${table}`, statement)
  if (index !== undefined) {
    const isMade = all.some((other) => match(`^CREATE (?:UNIQUE )?INDEX ${name}`, other)[1] === index)
    if (isMade) return `DROPS the index "${index}", which is made anew below`
    return `DROPS an index that no entity declares. To keep it: @Index('${index}', { synchronize: false })`
  }
  const [, , constraint] = match(`^ALTER TABLE ${table} DROP CONSTRAINT ${name}`, statement)
  if (constraint !== undefined) {
    const isAdded = all.some((other) => other.includes(` ADD CONSTRAINT "${constraint}" `))
    return `DROPS the constraint "${constraint}", which ${isAdded ? 'is made anew below' : 'no entity declares'}`
  }
  const [, what] = match('\\bDROP ([A-Z ]+)', statement.replace(quoted, ''))
  return what === undefined ? undefined : `DROPS the ${what.trim()}`
}

const match = (pattern: string, text: string): readonly (string | undefined)[] => new RegExp(pattern).exec(text) ?? []
