"""Results for people and machines: text, JSON, JUnit, SARIF, HTML, GeoPackage and maps."""
