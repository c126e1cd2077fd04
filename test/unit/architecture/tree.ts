import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";

export interface Import {
  /** Path from the project's folder for own files, else the package as it is written. */
  readonly target: string;
  readonly own: boolean;
  /** `import type`: nothing of it is left when the program runs. */
  readonly typeOnly: boolean;
}

export interface SourceFile {
  readonly path: string;
  readonly lines: number;
  readonly source: ts.SourceFile;
  readonly imports: readonly Import[];
}

const folders = ["stacks", "providers", "cli", "fleet", "lab", "tools", "bench", "test"];

/** Every TypeScript file of the project, parsed. */
export const sourceFiles: readonly SourceFile[] = [
  "index.ts",
  ...folders.flatMap((folder) => filesUnder(folder)).filter((path) => path.endsWith(".ts")),
].map(parsed);

/** The code's own files: all but tests. */
export const productFiles: readonly SourceFile[] = sourceFiles.filter(({ path }) => !path.startsWith("test/"));

function filesUnder(folder: string): string[] {
  try {
    const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => join(folder, path));
    return paths.filter((path) => !path.includes("node_modules"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return []; // a folder that comes later
    throw error;
  }
}

function parsed(path: string): SourceFile {
  const text = readFileSync(path, "utf8");
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  return { path, lines: text.split("\n").length - 1, source, imports: importsOf(path, source) };
}

/** Static ones, dynamic ones, and require of a plain text. */
function importsOf(path: string, source: ts.SourceFile): Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (!specifier || !ts.isStringLiteralLike(specifier)) return;
    const own = specifier.text.startsWith(".");
    found.push({ target: own ? join(dirname(path), specifier.text) : specifier.text, own, typeOnly });
  };
  walk(source, (node) => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, node.importClause?.isTypeOnly ?? false);
    if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    if (ts.isCallExpression(node) && isLoading(node)) add(node.arguments[0], false);
  });
  return found;
}

function isLoading({ expression }: ts.CallExpression): boolean {
  return (
    expression.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(expression) && expression.text === "require")
  );
}

export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

/** "path:line" of a node, for messages. */
export const placeOf = (file: SourceFile, node: ts.Node): string =>
  `${file.path}:${file.source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
