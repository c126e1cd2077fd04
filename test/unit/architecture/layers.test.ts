import assert from "node:assert/strict";
import ts from "typescript";
import { isPure, labUsesProviders, layers, middle, packageHomes, topFolders, vocabulary } from "./layers.ts";
import { type Import, placeOf, productFiles, type SourceFile, sourceFiles, walk } from "./tree.ts";

const top = (path: string): string => path.split("/")[0] ?? "";
/** Folder below providers/; undefined for the files beside the folders. */
const layerFolder = (path: string): string | undefined => {
  const [first, folder, file] = path.split("/");
  return first === "providers" && file ? folder : undefined;
};
const rankOf = (folder: string): number => layers.findIndex((layer) => layer.includes(folder));

const offences = (files: readonly SourceFile[], isOffence: (file: SourceFile, its: Import) => boolean): string[] =>
  files.flatMap((file) =>
    file.imports.filter((its) => isOffence(file, its)).map(({ target }) => `${file.path} imports ${target}`),
  );

describe("layers", () => {
  it("of top folders: the product knows neither lab nor tools nor tests", () => {
    const wrong = offences(productFiles, ({ path }, { own, target }) => {
      if (!own || top(target) === top(path)) return false;
      return !topFolders[top(path)]?.includes(top(target));
    });
    assert.deepEqual(wrong, []);
  });

  it("of the lab: only the command plugin's stand-in uses the product's code", () => {
    const lab = productFiles.filter(({ path }) => top(path) === "lab" && !labUsesProviders.test(path));
    assert.deepEqual(
      offences(lab, (_, { own, target }) => own && top(target) === "providers"),
      [],
    );
  });

  it("of providers/: imports go one way", () => {
    const inLayers = productFiles.filter(({ path }) => layerFolder(path) && !vocabulary.includes(path));
    const wrong = offences(inLayers, ({ path }, { own, target }) => {
      const [from, to] = [layerFolder(path) ?? "", layerFolder(target)];
      if (!own || !to || from === to || vocabulary.includes(target)) return false;
      return middle[from] && middle[to] ? !middle[from].includes(to) : rankOf(to) >= rankOf(from);
    });
    assert.deepEqual(wrong, []);
  });

  it("of providers/: every folder has its layer", () => {
    const folders = new Set(productFiles.map(({ path }) => layerFolder(path)).filter((its) => its !== undefined));
    assert.deepEqual(
      [...folders].filter((folder) => rankOf(folder) < 0),
      [],
    );
  });

  it("of the vocabulary: it imports only itself", () => {
    const words = productFiles.filter(({ path }) => vocabulary.includes(path));
    assert.equal(words.length, vocabulary.length);
    assert.deepEqual(
      offences(words, (_, { target }) => !vocabulary.includes(target)),
      [],
    );
  });

  for (const { name, homes } of packageHomes)
    it(`of packages: ${name.source} only at its place`, () => {
      const wrong = offences(
        sourceFiles,
        ({ path }, { own, target }) => !own && name.test(target) && !homes.test(path),
      );
      assert.deepEqual(wrong, []);
    });
});

describe("pure folders", () => {
  const pure = productFiles.filter(({ path }) => isPure(path));

  it("exist", () => {
    assert.ok(pure.length > 20);
  });

  it("import nothing that is not pure, except for its types", () => {
    const wrong = offences(pure, (_, { own, target, typeOnly }) => {
      if (typeOnly) return false;
      return own ? !isPure(target) && !vocabulary.includes(target) : true;
    });
    assert.deepEqual(wrong, []);
  });

  it("ask no clock, no chance and no surroundings", () => {
    const wrong = pure.flatMap((file) => {
      const places: string[] = [];
      const own = namesIn(file.source);
      walk(file.source, (node) => {
        if (isImpure(node, own)) places.push(`${placeOf(file, node)} ${node.getText()}`);
      });
      return places;
    });
    assert.deepEqual(wrong, []);
  });
});

const surroundings = new Set(["process", "performance", "setTimeout", "setInterval", "fetch", "require", "console"]);

/** Names that the file gives to something of its own. */
function namesIn(source: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  walk(source, (node) => {
    const isName = ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node);
    if (isName && ts.isIdentifier(node.name)) names.add(node.name.text);
  });
  return names;
}

function isImpure(node: ts.Node, own: ReadonlySet<string>): boolean {
  if (ts.isNewExpression(node)) return node.expression.getText() === "Date" && !node.arguments?.length;
  if (ts.isPropertyAccessExpression(node)) return ["Date.now", "Math.random"].includes(node.getText());
  if (!ts.isIdentifier(node) || !surroundings.has(node.text) || own.has(node.text)) return false;
  const { parent } = node;
  const isKey =
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    ((ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent)) && parent.name === node);
  return !isKey;
}
