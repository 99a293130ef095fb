import { withIdentifiers } from './with-identifiers.js'

it('a name is quoted, whatever is in it', () => {
  expect(withIdentifiers('CREATE DATABASE %I TEMPLATE %I', 'a"; DROP TABLE b', '$&')).toBe('CREATE DATABASE "a""; DROP TABLE b" TEMPLATE "$&"')
})

it('a missing name is an error', () => {
  expect(() => withIdentifiers('CREATE SCHEMA %I')).toThrow('too few names')
})
