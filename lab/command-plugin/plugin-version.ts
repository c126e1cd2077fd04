/** The version of @pulumi/command that package.json pins: the engine asks for the plugin of the same version. */
export const pluginVersion = "1.2.1";
