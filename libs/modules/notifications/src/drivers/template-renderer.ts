/** Values of a template: text, lists of text, and optional parts. */
export type TemplateValue = string | readonly string[] | { readonly [name: string]: string } | undefined
export type TemplateValues = Readonly<Record<string, TemplateValue>>

/** A parsed template, which can be filled any number of times. Throws if it uses a missing value without checking for it in an `if`. */
export type Template = (values: TemplateValues) => string

/**
 * Parses templates in the syntax of Liquid: names, lists and optional parts, and no code. Templates are ours and constant, so one with a mistake is refused at
 * startup; values come from anybody and are never parsed as templates.
 */
export abstract class TemplateRenderer {
  /** Values are escaped, so that they appear as plain text. */
  abstract html(template: string): Template
  /** Values are not escaped. */
  abstract text(template: string): Template
}
