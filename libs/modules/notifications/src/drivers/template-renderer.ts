/** What a template may say: text, lists of text, and parts that are there or not. */
export type TemplateValue = string | readonly string[] | { readonly [name: string]: string } | undefined
export type TemplateValues = Readonly<Record<string, TemplateValue>>

/** A template that was read, to be filled as often as one likes. Throws where it names a value that is not there, unless it asks for it first. */
export type Template = (values: TemplateValues) => string

/**
 * Reads templates in the words of Liquid: names, lists and optional parts, and no code. Templates are ours and constant, so one with a mistake is refused at the
 * start; values come from anybody and are never read as templates.
 */
export abstract class TemplateRenderer {
  /** Values are escaped: they appear as the text that they are. */
  abstract html(template: string): Template
  /** Values appear as they are. */
  abstract text(template: string): Template
}
