import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm'

export interface KeysetOptions<Key extends object> {
  /** The properties by which the rows are sorted, all in the same direction. Together they must be unique, so the last one is usually the id. An index has to serve them. */
  by: readonly (keyof Key & string)[]
  direction: 'ASC' | 'DESC'
  /** These properties of the last row of the page before; if omitted, the page is the first. */
  after: Key | undefined
  limit: number
}

/** One page of a list. `next` is what `after` is for the next page; null at the end. */
export interface KeysetPage<Row, Key> {
  items: Row[]
  next: Key | null
}

/**
 * One page of the rows that a query selects, in one statement. It continues after a key, not after a number of rows, so that a late page costs as much as the
 * first, and rows that come or go meanwhile neither repeat nor hide others. `Key` are properties of the entity.
 */
export async function keysetPage<Row extends ObjectLiteral, Key extends Partial<Row> & object>(
  query: SelectQueryBuilder<Row>,
  { by, direction, after, limit }: KeysetOptions<Key>,
): Promise<KeysetPage<Row, Key>> {
  const columns = by.map((property) => query.alias + '.' + property)
  if (after !== undefined) {
    const names = by.map((_, index) => 'keyset' + String(index))
    const places = names.map((name) => ':' + name)
    const beyond = ['(' + columns.join(', ') + ')', '(' + places.join(', ') + ')'].join(direction === 'ASC' ? ' > ' : ' < ')
    query.andWhere(beyond, Object.fromEntries(names.map((name, index) => [name, after[by[index]!]])))
  }
  for (const column of columns) query.addOrderBy(column, direction)
  const rows = await query.take(limit + 1).getMany()
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last !== undefined ? keyOf(last as unknown as Key, by) : null }
}

const keyOf = <Key extends object>(row: Key, by: readonly (keyof Key & string)[]): Key =>
  Object.fromEntries(by.map((property) => [property, row[property]])) as Key
