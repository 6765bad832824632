"""`visualize schema`: the JSON Schema of scenes."""

import click


@click.command()
def schema() -> None:
    """Print the JSON Schema of scenes, for editors.

    \b
    visualize schema > scene.schema.json
    """
    import json

    from visualize.scene.schema import scene_schema

    click.echo(json.dumps(scene_schema(), indent=2, ensure_ascii=False))
