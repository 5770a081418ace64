import { fileUploadListView } from "@account/views/file_upload_list/file_upload_list_view";
import { FileUploadListRenderer } from "@account/views/file_upload_list/file_upload_list_renderer";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** The inbox takes files that are dropped on it or chosen with its button. */
export class DocumentUploadListRenderer extends FileUploadListRenderer {
    setup() {
        super.setup();
        this.dropZoneTitle = _t("Drop what a customer sent you");
        this.dropZoneDescription = _t(
            "Electronic orders are read at once, other files wait to be filed."
        );
    }
}

registry.category("views").add("adv_document_upload_list", {
    ...fileUploadListView,
    Renderer: DocumentUploadListRenderer,
});
